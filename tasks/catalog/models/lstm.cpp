//! One LSTM layer with an output projection (protocol.md 3.7).
#include "tasks/catalog/rows.hpp"

namespace scanyard::catalog {
namespace {

std::int64_t parameters(const ShapeConfig& c) {
  const auto h = c.hidden;
  return 4 * h * (c.width + h + 2) + h * c.width;
}

std::int64_t state(const ShapeConfig& c) {
  return c.hidden;
}

double forward_flops(const ShapeConfig& c) {
  const double h = double(c.hidden);
  const double d = double(c.width);
  return 8.0 * h * (d + h) + 25.0 * h + 2.0 * h * d;
}

double saved_floats(const ShapeConfig& c) {
  return 6.0 * double(c.hidden);
}  // four gates, cell, output

}  // namespace

ModelRow lstm_row() {
  return {.name = "lstm",
          .doc = "LSTM with an output projection",
          .published_name = "LSTM",
          .axes = {hidden_axis()},
          .parameters = parameters,
          .state = state,
          .forward_flops = forward_flops,
          .saved_floats = saved_floats};
}

}  // namespace scanyard::catalog
