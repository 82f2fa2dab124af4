//! Cells and their runs, as tables and plots need them. Throw SqlFailure; call inside a snapshot.
#pragma once

#include <vector>

#include "common/live_status.hpp"
#include "common/read_model.hpp"
#include "coordinator/store/live_counts.hpp"
#include "coordinator/store/read_connection.hpp"

namespace scanyard::store {

/// All cells of a sweep in the spec's order, from the maintained summaries; those that are marked
/// as outdated are computed from their runs.
std::vector<CellSummary> read_cells(ReadConnection& connection, SweepId sweep,
                                    const spec::Selection& selection,
                                    const RunningCells::Counts& running);

bool has_cell(ReadConnection& connection, SweepId sweep, CellId cell);

/// In the order in which the database met the runs.
std::vector<CellRun> read_cell_runs(ReadConnection& connection, CellId cell,
                                    const spec::Selection& selection, const LiveStatus* live);
std::vector<CurveOfRun> read_cell_curves(ReadConnection& connection, CellId cell,
                                         const spec::Selection& selection, const LiveStatus* live);

}  // namespace scanyard::store
