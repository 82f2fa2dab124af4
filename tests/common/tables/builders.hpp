//! Short ways to say a sweep and its cells.
#pragma once

#include <string>

#include "common/read_model.hpp"

namespace scanyard::tables {

/// An active sweep "demo" with the selection of the paper's preset and `decimals`.
SweepDetail make_sweep(int decimals = 2);

/// A cell whose JSON is `json` and whose label is `label`; all of `finished` runs are done.
CellSummary make_cell(std::int64_t id, std::string json, std::string label,
                      std::optional<double> value, std::uint64_t finished = 3);

/// The run whose id ends in `number`.
RunId make_run(std::uint8_t number);

/// Two models, two groups: four cells, of which one diverged and one has a published number.
std::vector<CellSummary> make_cells();

}  // namespace scanyard::tables
