#include "coordinator/store/change_set.hpp"

#include <algorithm>

namespace scanyard::store {

ChangeSet::ChangeSet(Database& database, const SweepIndex& sweeps)
    : sweeps_(sweeps),
      add_counts_(database,
                  "UPDATE sweep_count SET open = open + ?, finished = finished + ?, "
                  "diverged = diverged + ?, failed = failed + ?, cancelled = cancelled + ?, "
                  "last_result_ms = nullif(max(coalesce(last_result_ms, 0), ?), 0) "
                  "WHERE sweep = ?"),
      mark_(database, "INSERT OR IGNORE INTO stale_cell VALUES (?)"),
      add_worker_(database,
                  "UPDATE worker SET finished = finished + ?, failed = failed + ? WHERE id = ?"),
      raise_change_(database, "UPDATE meta SET value = value + 1 WHERE name = 'change'") {}

void ChangeSet::begin() {
  deltas_.clear();
  touched_.clear();
  workers_.clear();
  newly_marked_.clear();
}

void ChangeSet::run_moved(std::span<const std::int64_t> cells, StoredState from, StoredState to) {
  touched_.insert(cells.begin(), cells.end());
  sweeps_.sweeps_of(cells, scratch_);
  for (const SweepId sweep : scratch_) {
    auto& delta = deltas_[sweep];
    --delta.by_state[static_cast<std::size_t>(from)];
    ++delta.by_state[static_cast<std::size_t>(to)];
  }
}

void ChangeSet::result_at(std::span<const std::int64_t> cells, TimePoint at) {
  sweeps_.sweeps_of(cells, scratch_);
  for (const SweepId sweep : scratch_) {
    auto& delta = deltas_[sweep];
    delta.last_result_ms = std::max(delta.last_result_ms, at.ms);
  }
}

void ChangeSet::flush() {
  for (const auto& [sweep, delta] : deltas_) {
    const auto& d = delta.by_state;
    add_counts_.bind(d[0], d[1], d[2], d[3], d[4], delta.last_result_ms, sweep.value).run();
  }
  for (const std::int64_t cell : touched_) {
    if (!marked_.contains(cell)) newly_marked_.push_back(cell);
  }
  // In order, so that neighbours are written to the same page one after the other.
  std::sort(newly_marked_.begin(), newly_marked_.end());
  for (const std::int64_t cell : newly_marked_)
    mark_.bind(cell).run();
  for (const auto& [worker, delta] : workers_)
    add_worker_.bind(delta.finished, delta.failed, worker).run();
  raise_change_.bind().run();
}

void ChangeSet::committed() {
  marked_.insert(newly_marked_.begin(), newly_marked_.end());
  begin();
}

}  // namespace scanyard::store
