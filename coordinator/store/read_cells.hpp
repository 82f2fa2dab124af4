//! Cells and their runs, as tables and plots need them. Throw SqlFailure; call inside a snapshot.
#pragma once

#include <vector>

#include "common/live_status.hpp"
#include "common/read_model.hpp"
#include "coordinator/store/live_counts.hpp"
#include "coordinator/store/read_connection.hpp"

namespace scanyard::store {

/// All cells of a sweep in the spec's order, from the maintained summaries. Those that are marked
/// as outdated are computed from their runs, as long as these are at most `compute_runs_max`
/// together; the others are shown as they were at the writer's last refresh.
std::vector<CellSummary> read_cells(ReadConnection& connection, SweepId sweep,
                                    const spec::Selection& selection,
                                    const RunningCells::Counts& running,
                                    std::uint64_t compute_runs_max);

bool has_cell(ReadConnection& connection, SweepId sweep, CellId cell);

/// In the order in which the database met the runs: the spec's.
std::vector<CellRun> read_cell_runs(ReadConnection& connection, CellId cell,
                                    const spec::Selection& selection, const LiveStatus* live);
std::vector<CurveOfRun> read_cell_curves(ReadConnection& connection, CellId cell,
                                         const spec::Selection& selection, const LiveStatus* live);

}  // namespace scanyard::store
