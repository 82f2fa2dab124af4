//! One cell of a table: its number, the runs behind it and their learning curves.
#pragma once

#include <string>
#include <vector>

#include "common/read_model.hpp"
#include "common/tables/results_table.hpp"
#include "web/pages/page.hpp"

namespace scanyard::web {

/// More runs than this are not listed on the page; the JSON has all.
inline constexpr std::size_t cell_runs_listed_max = 300;

struct CellView {
  SweepSummary sweep;
  tables::TableCell cell;
  std::string metric;    ///< of the table the cell stands in
  std::string protocol;  ///< the same
  bool lower_is_better = false;
  int decimals = 3;
  std::vector<CellRun> runs;
  std::vector<CurveOfRun> curves;
};

Page cell_page(const CellView& view);

/// Runs with a value first, the best on top; then the others by state; ties by axes.
std::vector<CellRun> best_first(std::vector<CellRun> runs, bool lower_is_better);

}  // namespace scanyard::web
