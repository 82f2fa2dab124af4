//! Labels beside the last points of lines, moved apart so that none covers another.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "web/plots/scale.hpp"

namespace scanyard::web {

struct EndLabel {
  std::string text;
  std::size_t style = 0;
  double x = 0, y = 0;  ///< of the last point
};

/// New y positions in the order of `wanted`: at least `gap` apart, inside `bounds` as far as they
/// fit, and as near to what was wanted as moving neighbours in one sweep down and one up allows.
std::vector<double> spread_apart(const std::vector<double>& wanted, double gap, Range bounds);

/// The labels right of `edge`, each with a thin line to its point.
std::string drawn_end_labels(std::vector<EndLabel> labels, double edge, Range bounds);

}  // namespace scanyard::web
