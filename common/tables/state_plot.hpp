//! Accuracy over state size, one series per block size m: the data of the scaling plots. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/read_model.hpp"

namespace scanyard::tables {

struct StatePoint {
  double state = 0;  ///< state size N = H*m, above 0
  double value = 0;  ///< selected value at this size, not rounded
  CellId cell;
  std::uint64_t n = 0;       ///< results at this size
  std::uint64_t solved = 0;  ///< of them
};

struct StateSeries {
  std::string label;               ///< "bdlru m=5"
  std::vector<StatePoint> points;  ///< by rising state
};

/// One plot of a sweep: everything that shares the values of the keys that are not model, m or
/// size.
struct StatePlot {
  std::string title;  ///< "S5 n=100000"; "" where the sweep has one plot only
  std::string metric;
  bool lower_is_better = false;
  std::vector<StateSeries> series;
};

/// Empty when no cell has a value at a known state size. Plots and series in the spec's order.
std::vector<StatePlot> build_state_plots(const SweepDetail& sweep,
                                         std::span<const CellSummary> cells);

}  // namespace scanyard::tables
