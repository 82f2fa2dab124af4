//! What one transaction changes in the sums: counts of sweeps, marks of cells, counters of workers.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <unordered_set>
#include <vector>

#include "common/time.hpp"
#include "coordinator/store/sql.hpp"
#include "coordinator/store/stored_state.hpp"
#include "coordinator/store/sweep_index.hpp"

namespace scanyard::store {

/// Collected in memory while a transaction works, written once at its end: a batch of 256 results
/// of one sweep updates the sweep's counts once. That all of it is in the same transaction as the
/// runs is what makes the states always add up.
class ChangeSet {
 public:
  ChangeSet(Database& database, const SweepIndex& sweeps);

  /// Forgets what a transaction that was rolled back had collected.
  void begin();
  /// A run in these cells (ascending) went from one state to another.
  void run_moved(std::span<const std::int64_t> cells, StoredState from, StoredState to);
  /// A result came for a run in these cells.
  void result_at(std::span<const std::int64_t> cells, TimePoint at);
  /// A cell's summary must be recomputed although no run of it moved.
  void mark(std::int64_t cell) { touched_.insert(cell); }
  void worker_finished(std::int64_t worker) { ++workers_[worker].finished; }
  void worker_failed(std::int64_t worker) { ++workers_[worker].failed; }

  /// Writes everything and raises the change number. Call just before the commit.
  void flush();
  /// Call just after the commit.
  void committed();

  /// Cells that are marked in the database, in memory: filled at open, kept in step with commits.
  std::set<std::int64_t>& marked() { return marked_; }

 private:
  struct SweepDelta {
    std::array<std::int64_t, 5> by_state{};
    std::int64_t last_result_ms = 0;
  };
  struct WorkerDelta {
    std::int64_t finished = 0, failed = 0;
  };

  const SweepIndex& sweeps_;
  Prepared add_counts_, mark_, add_worker_, raise_change_;
  std::map<SweepId, SweepDelta> deltas_;
  std::unordered_set<std::int64_t> touched_;
  std::map<std::int64_t, WorkerDelta> workers_;
  std::set<std::int64_t> marked_;
  std::vector<std::int64_t> newly_marked_;
  std::vector<SweepId> scratch_;
};

}  // namespace scanyard::store
