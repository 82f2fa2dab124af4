//! H-LRU, selective: every channel looks back on its own m last states (protocol.md 3.3, equation
//! 3).
#include "tasks/catalog/rows.hpp"

namespace scanyard::catalog {
namespace {

std::int64_t parameters(const ShapeConfig& c) {
  return c.hidden * ((c.width + 1) * (c.m + 1) + c.width + c.m * c.width);
}

std::int64_t state(const ShapeConfig& c) {
  return c.hidden * c.m;
}

double forward_flops(const ShapeConfig& c) {
  const double channels = double(c.hidden);
  const double columns = double(c.m) + 1;
  const double projections = 2.0 * double(c.width) * channels * (columns + 1 + double(c.m));
  return projections + 5.0 * channels * columns + 2.0 * channels * columns;
}

double saved_floats(const ShapeConfig& c) {
  return double(c.hidden) * (2 * double(c.m) + 2);  // raw gates, v, the m slots
}

/// One lag is one state a channel: a BD-LRU with blocks of one, gate for gate and weight for
/// weight.
std::string_view same_as(const ShapeConfig& c) {
  return c.m == 1 ? "bdlru" : "";
}

}  // namespace

ModelRow hlru_row() {
  return {.name = "hlru",
          .doc = "higher-order linear recurrent unit, selective; m = 1 is bdlru at m = 1",
          .published_name = "H-LRU",
          .axes = {gate_axis(), m_axis(), hidden_axis()},
          .parameters = parameters,
          .state = state,
          .forward_flops = forward_flops,
          .saved_floats = saved_floats,
          .same_as = same_as};
}

}  // namespace scanyard::catalog
