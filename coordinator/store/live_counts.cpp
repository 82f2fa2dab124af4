#include "coordinator/store/live_counts.hpp"

#include <algorithm>

namespace scanyard::store {
namespace {

std::vector<std::int64_t> cells_of(ReadConnection& connection, const RunId& run) {
  auto& rows = connection.statement(
      "SELECT m.cell FROM run r JOIN membership m ON m.run = r.key WHERE r.id = ? "
      "AND r.state = 0");
  const ResetAtEnd reset(rows);
  std::vector<std::int64_t> cells;
  rows.bind(run);
  while (rows.step())
    cells.push_back(rows.integer(0));
  return cells;
}

}  // namespace

const RunningRun* find_running(const LiveStatus* live, const RunId& run) {
  if (live == nullptr) return nullptr;
  const auto at =
      std::lower_bound(live->running.begin(), live->running.end(), run,
                       [](const RunningRun& one, const RunId& id) { return one.run < id; });
  return at != live->running.end() && at->run == run ? &*at : nullptr;
}

RunState visible_state(StoredState state, const RunId& run, const LiveStatus* live) {
  if (state == StoredState::open && find_running(live, run) != nullptr) return RunState::running;
  return to_run_state(state);
}

void split_open(std::uint64_t open, std::uint64_t running, StateCounts& counts) {
  counts.running = std::min(open, running);
  counts.queued = open - counts.running;
}

std::uint64_t running_in_sweep(const LiveStatus* live, SweepId sweep) {
  if (live == nullptr) return 0;
  for (const auto& [id, running] : live->running_by_sweep) {
    if (id == sweep) return running;
  }
  return 0;
}

std::shared_ptr<const RunningCells::Counts> RunningCells::counts(ReadConnection& connection,
                                                                 const LivePointer& live) {
  static const auto none = std::make_shared<const Counts>();
  if (!live || live->running.empty()) return none;
  auto& newest = connection.statement("SELECT coalesce(max(id), 0) FROM sweep");
  const ResetAtEnd reset(newest);
  newest.step();
  const std::int64_t sweeps = newest.integer(0);

  const std::lock_guard lock(mutex_);
  if (live == live_ && sweeps == sweeps_) return counts_;
  if (sweeps != sweeps_) cells_.clear();
  std::unordered_map<RunId, std::vector<std::int64_t>> cells;
  auto counts = std::make_shared<Counts>();
  for (const auto& running : live->running) {
    auto known = cells_.extract(running.run);
    auto& of = cells[running.run];
    of = known.empty() ? cells_of(connection, running.run) : std::move(known.mapped());
    for (const std::int64_t cell : of)
      ++(*counts)[cell];
  }
  cells_ = std::move(cells);
  live_ = live;
  sweeps_ = sweeps;
  counts_ = std::move(counts);
  return counts_;
}

}  // namespace scanyard::store
