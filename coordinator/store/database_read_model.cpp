#include "coordinator/store/database_read_model.hpp"

#include <fmt/format.h>

#include <atomic>
#include <limits>
#include <utility>

#include "coordinator/store/errc.hpp"
#include "coordinator/store/live_counts.hpp"
#include "coordinator/store/read_cells.hpp"
#include "coordinator/store/read_connection.hpp"
#include "coordinator/store/read_runs.hpp"
#include "coordinator/store/read_sweeps.hpp"
#include "coordinator/store/read_workers.hpp"

namespace scanyard::store {
namespace {

/// While a coordinator serves, a page computes at most this many runs' worth of outdated cells,
/// about 30 ms; the writer is at the rest already.
constexpr std::uint64_t compute_runs_max = 20'000;

tl::unexpected<Error> no_sweep(SweepId id) {
  return fail(errc::not_found, fmt::format("there is no sweep {}", id.value));
}

}  // namespace

struct DatabaseReadModel::Parts {
  explicit Parts(ReadModelOptions given)
      : options(std::move(given)), pool(options.path, options.allow_network_file_system) {}

  LivePointer live() const { return options.live ? options.live() : nullptr; }

  /// One consistent snapshot of the database. A connection that failed is not used again.
  template <class Work>
  auto snapshot(std::string_view doing, Work&& work)
      -> decltype(work(std::declval<ReadConnection&>())) {
    auto connection = pool.take();
    if (!connection) return propagate(connection);
    bool intact = false;
    auto result = guarded(doing, [&] {
      Transaction transaction((*connection)->database(), Transaction::Kind::read);
      auto answer = work(**connection);
      transaction.commit();
      intact = true;
      return answer;
    });
    if (intact) pool.put(std::move(*connection));
    return result;
  }

  ReadModelOptions options;
  ReadPool pool;
  RunningCells running_cells;
  std::atomic<std::uint64_t> last_change{0};
};

DatabaseReadModel::DatabaseReadModel(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
DatabaseReadModel::~DatabaseReadModel() = default;

Result<std::unique_ptr<DatabaseReadModel>> DatabaseReadModel::open(ReadModelOptions options) {
  auto parts = std::make_unique<Parts>(std::move(options));
  // Opening one connection now gives the error now.
  auto connection = parts->pool.take();
  if (!connection) return propagate(connection);
  parts->pool.put(std::move(*connection));
  return std::unique_ptr<DatabaseReadModel>(new DatabaseReadModel(std::move(parts)));
}

std::uint64_t DatabaseReadModel::change_number() {
  auto& p = *parts_;
  const auto change =
      p.snapshot("reading the change number", [](ReadConnection& c) -> Result<std::uint64_t> {
        auto& row = c.statement("SELECT value FROM meta WHERE name = 'change'");
        const ResetAtEnd reset(row);
        return row.step() ? static_cast<std::uint64_t>(row.integer(0)) : 0;
      });
  const auto live = p.live();
  // A page that asks again later is better than one that breaks now.
  if (change) p.last_change = *change + (live ? live->version : 0);
  return p.last_change;
}

Result<ServerStatus> DatabaseReadModel::server() {
  auto& p = *parts_;
  const auto live = p.live();
  return p.snapshot("reading the server's state", [&](ReadConnection& c) -> Result<ServerStatus> {
    ServerStatus status;
    status.database_path = p.options.path.string();
    status.build = live ? live->build : p.options.build;
    status.epoch =
        Epoch{query_integer(c.database(), "SELECT value FROM meta WHERE name = 'epoch'")};
    if (live) {
      status.endpoint = live->endpoint;
      status.started = live->started;
      status.now = live->now;
      status.worker_join = live->worker_join;
    }
    status.counters = read_counters(c, live.get());
    return status;
  });
}

Result<std::vector<SweepSummary>> DatabaseReadModel::sweeps() {
  const auto live = parts_->live();
  return parts_->snapshot("reading sweeps",
                          [&](ReadConnection& c) -> Result<std::vector<SweepSummary>> {
                            return read_sweeps(c, live.get());
                          });
}

Result<SweepDetail> DatabaseReadModel::sweep(SweepId id) {
  const auto live = parts_->live();
  return parts_->snapshot("reading a sweep", [&](ReadConnection& c) -> Result<SweepDetail> {
    auto detail = read_sweep(c, id, live.get());
    if (!detail) return no_sweep(id);
    return std::move(*detail);
  });
}

Result<std::vector<CellSummary>> DatabaseReadModel::cells(SweepId id) {
  const auto live = parts_->live();
  return parts_->snapshot(
      "reading cells", [&](ReadConnection& c) -> Result<std::vector<CellSummary>> {
        const auto selection = read_selection(c, id);
        if (!selection) return no_sweep(id);
        const std::uint64_t compute_max =
            parts_->options.live ? compute_runs_max : std::numeric_limits<std::uint64_t>::max();
        return read_cells(c, id, *selection, *parts_->running_cells.counts(c, live), compute_max);
      });
}

namespace {

/// The selection of a sweep that has the cell.
Result<spec::Selection> selection_for(ReadConnection& c, SweepId sweep, CellId cell) {
  auto selection = read_selection(c, sweep);
  if (!selection) return no_sweep(sweep);
  if (has_cell(c, sweep, cell)) return std::move(*selection);
  return fail(errc::not_found, fmt::format("sweep {} has no cell {}", sweep.value, cell.value));
}

}  // namespace

Result<std::vector<CellRun>> DatabaseReadModel::cell_runs(SweepId sweep, CellId cell) {
  const auto live = parts_->live();
  return parts_->snapshot("reading a cell", [&](ReadConnection& c) -> Result<std::vector<CellRun>> {
    auto selection = selection_for(c, sweep, cell);
    if (!selection) return propagate(selection);
    return read_cell_runs(c, cell, *selection, live.get());
  });
}

Result<std::vector<CurveOfRun>> DatabaseReadModel::cell_curves(SweepId sweep, CellId cell) {
  const auto live = parts_->live();
  return parts_->snapshot("reading a cell's curves",
                          [&](ReadConnection& c) -> Result<std::vector<CurveOfRun>> {
                            auto selection = selection_for(c, sweep, cell);
                            if (!selection) return propagate(selection);
                            return read_cell_curves(c, cell, *selection, live.get());
                          });
}

Result<RunDetail> DatabaseReadModel::run(const RunId& id) {
  const auto live = parts_->live();
  return parts_->snapshot("reading a run", [&](ReadConnection& c) -> Result<RunDetail> {
    auto run = read_run(c, id, live.get());
    if (!run) return fail(errc::not_found, fmt::format("there is no run {}", id.hex()));
    return std::move(*run);
  });
}

Result<RunId> DatabaseReadModel::find_run(const std::string& prefix) {
  return parts_->snapshot("finding a run",
                          [&](ReadConnection& c) { return find_run_by_prefix(c, prefix); });
}

Result<std::vector<WorkerStatus>> DatabaseReadModel::workers() {
  const auto live = parts_->live();
  return parts_->snapshot("reading workers",
                          [&](ReadConnection& c) -> Result<std::vector<WorkerStatus>> {
                            return read_workers(c, live.get());
                          });
}

Result<std::vector<KnownRun>> DatabaseReadModel::known_runs(std::span<const RunId> runs) {
  const auto live = parts_->live();
  return parts_->snapshot("looking runs up",
                          [&](ReadConnection& c) -> Result<std::vector<KnownRun>> {
                            return read_known_runs(c, runs, live.get());
                          });
}

}  // namespace scanyard::store
