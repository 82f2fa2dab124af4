//! From the read model to pages: which of its calls a page needs.
#pragma once

#include <vector>

#include "common/read_model.hpp"
#include "common/tables/results_table.hpp"
#include "common/tables/state_plot.hpp"
#include "web/pages/page.hpp"
#include "web/pages/results_table_html.hpp"

namespace scanyard::web {

/// A sweep with its cells: what tables and plots are made of.
struct LoadedSweep {
  SweepDetail detail;
  std::vector<CellSummary> cells;

  tables::ResultsTable table() const { return tables::build_results_table(detail, cells); }
  std::vector<tables::StatePlot> plots() const { return tables::build_state_plots(detail, cells); }
  const CellSummary* find(CellId id) const;
};

/// Errors of all below: those of the read model.
Result<LoadedSweep> load_sweep(ReadModel& model, SweepId id);
Result<Page> load_sweeps_page(ReadModel& model);
/// `window` and `plot` say which part of a large table and of many plots is shown.
Result<Page> load_sweep_page(ReadModel& model, SweepId id, const TableWindow& window = {},
                             std::size_t plot = 0);
Result<Page> load_cell_page(ReadModel& model, SweepId sweep, CellId cell);
Result<Page> load_run_page(ReadModel& model, const RunId& id);
Result<Page> load_workers_page(ReadModel& model);
Result<Page> load_coordinator_page(ReadModel& model);

}  // namespace scanyard::web
