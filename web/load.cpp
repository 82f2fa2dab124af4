#include "web/load.hpp"

#include <algorithm>

#include "web/pages/cell_page.hpp"
#include "web/pages/coordinator_page.hpp"
#include "web/pages/run_page.hpp"
#include "web/pages/sweep_page.hpp"
#include "web/pages/sweeps_page.hpp"
#include "web/pages/workers_page.hpp"

namespace scanyard::web {
namespace {

std::uint64_t connected(const std::vector<WorkerStatus>& workers) {
  return static_cast<std::uint64_t>(
      std::count_if(workers.begin(), workers.end(), [](const WorkerStatus& worker) {
        return worker.state == "connected" || worker.state == "draining";
      }));
}

/// What pages about sweeps say about the coordinator beside them.
struct Surroundings {
  std::uint64_t workers_connected = 0;
  std::string worker_join;
  TimePoint now;
};

Result<Surroundings> load_surroundings(ReadModel& model) {
  auto server = model.server();
  if (!server) return propagate(server);
  auto workers = model.workers();
  if (!workers) return propagate(workers);
  return Surroundings{connected(*workers), server->worker_join, server->now};
}

const tables::TableCell* find_cell(const tables::ResultsTable& table, CellId id) {
  const auto found =
      std::find_if(table.cells.begin(), table.cells.end(), [&](const tables::TableCell& cell) {
        return cell.status != tables::CellStatus::absent && cell.summary.id == id;
      });
  return found == table.cells.end() ? nullptr : &*found;
}

}  // namespace

const CellSummary* LoadedSweep::find(CellId id) const {
  const auto found = std::find_if(cells.begin(), cells.end(),
                                  [&](const CellSummary& cell) { return cell.id == id; });
  return found == cells.end() ? nullptr : &*found;
}

Result<LoadedSweep> load_sweep(ReadModel& model, SweepId id) {
  auto detail = model.sweep(id);
  if (!detail) return propagate(detail);
  auto cells = model.cells(id);
  if (!cells) return propagate(cells);
  return LoadedSweep{std::move(*detail), std::move(*cells)};
}

Result<Page> load_sweeps_page(ReadModel& model) {
  auto sweeps = model.sweeps();
  if (!sweeps) return propagate(sweeps);
  auto around = load_surroundings(model);
  if (!around) return propagate(around);
  return sweeps_page(
      {std::move(*sweeps), around->workers_connected, std::move(around->worker_join), around->now});
}

Result<Page> load_sweep_page(ReadModel& model, SweepId id, const TableWindow& window,
                             std::size_t plot) {
  auto loaded = load_sweep(model, id);
  if (!loaded) return propagate(loaded);
  auto around = load_surroundings(model);
  if (!around) return propagate(around);
  auto table = loaded->table();
  auto plots = loaded->plots();
  return sweep_page({std::move(loaded->detail), std::move(table), std::move(plots),
                     around->workers_connected, std::move(around->worker_join), around->now, window,
                     plot});
}

Result<Page> load_cell_page(ReadModel& model, SweepId sweep, CellId cell) {
  auto loaded = load_sweep(model, sweep);
  if (!loaded) return propagate(loaded);
  const tables::ResultsTable table = loaded->table();
  const tables::TableCell* found = find_cell(table, cell);
  if (!found) {
    return fail(ErrorCode{"store.not_found"},
                "There is no cell " + std::to_string(cell.value) + " in this sweep.");
  }
  auto runs = model.cell_runs(sweep, cell);
  if (!runs) return propagate(runs);
  auto curves = model.cell_curves(sweep, cell);
  if (!curves) return propagate(curves);
  return cell_page({std::move(loaded->detail.summary), *found, table.metric, table.protocol,
                    table.selection.metric == spec::Metric::perplexity, table.selection.decimals,
                    std::move(*runs), std::move(*curves)});
}

Result<Page> load_run_page(ReadModel& model, const RunId& id) {
  auto run = model.run(id);
  if (!run) return propagate(run);
  auto server = model.server();
  if (!server) return propagate(server);
  return run_page({std::move(*run), server->now});
}

Result<Page> load_workers_page(ReadModel& model) {
  auto workers = model.workers();
  if (!workers) return propagate(workers);
  auto server = model.server();
  if (!server) return propagate(server);
  return workers_page({std::move(*workers), std::move(server->worker_join), server->now});
}

Result<Page> load_coordinator_page(ReadModel& model) {
  auto server = model.server();
  if (!server) return propagate(server);
  return coordinator_page(*server);
}

}  // namespace scanyard::web
