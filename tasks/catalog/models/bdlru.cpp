//! BD-LRU, selective: blocks of m states that mix within a block (protocol.md 3.2).
#include "tasks/catalog/rows.hpp"

namespace scanyard::catalog {
namespace {

std::int64_t parameters(const ShapeConfig& c) {
  const auto gates = (c.width + 1) * (c.m + 1);  // weights and bias of one row of [A | a_0]
  return c.hidden * c.m * (gates + 2 * c.width);
}

std::int64_t state(const ShapeConfig& c) {
  return c.hidden * c.m;
}

double forward_flops(const ShapeConfig& c) {
  const double rows = double(c.hidden) * double(c.m);
  const double columns = double(c.m) + 1;
  const double projections = 2.0 * double(c.width) * rows * (columns + 2);
  const double gates = 5.0 * rows * columns;  // exponential, sum, division
  return projections + gates + rows * 2.0 * columns;
}

double saved_floats(const ShapeConfig& c) {
  return double(c.hidden) * double(c.m) * (double(c.m) + 3);  // raw gates, v, h
}

}  // namespace

ModelRow bdlru_row() {
  return {.name = "bdlru",
          .doc = "block-diagonal linear recurrent unit, selective",
          .published_name = "BD-LRU",
          .axes = {gate_axis(), m_axis(), hidden_axis()},
          .parameters = parameters,
          .state = state,
          .forward_flops = forward_flops,
          .saved_floats = saved_floats};
}

}  // namespace scanyard::catalog
