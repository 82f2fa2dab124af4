//! One batch of writes, as part of the writer's transaction.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/store_writes.hpp"
#include "coordinator/store/attempt_table.hpp"
#include "coordinator/store/change_set.hpp"
#include "coordinator/store/curve_table.hpp"
#include "coordinator/store/run_table.hpp"
#include "coordinator/store/sweep_index.hpp"
#include "coordinator/store/writer.hpp"

namespace scanyard::store {

/// Applies single writes. What a write asks for and cannot be done is noted, not an error: one odd
/// message must not hold up the results that stand beside it.
class BatchWriter {
 public:
  BatchWriter(Database& database, RunTable& runs, AttemptTable& attempts, CurveTable& curves,
              ChangeSet& changes, const SweepIndex& sweeps);

  void apply(std::span<const StoreWrite> batch, ApplyOutcome& outcome);

  /// Failed, cancelled or diverged runs become open, with no failures counted.
  void reopen(std::int64_t run, StoredState from);

  /// Sweeps whose runs are wanted or not since the last apply(); for the index, after the commit.
  struct Wanted {
    SweepId sweep;
    bool wanted = false;
  };
  const std::vector<Wanted>& wanted() const { return wanted_; }

 private:
  enum class Effect { done, duplicate, unknown, invalid };

  Effect apply_one(const RecordAttempt& write);
  Effect apply_one(const RecordProgress& write);
  Effect apply_one(const CancelRuns& write);
  Effect apply_one(const ReopenRuns& write);
  Effect apply_one(const RecordWorker& write);
  Effect apply_one(const SetSweepState& write);
  Effect apply_one(const SetSweepPriority& write);
  void accept_result(const RunRow& run, const RecordAttempt& write, std::int64_t worker);
  Effect record_end(const RunRow& run, const RecordAttempt& write, std::int64_t worker);

  Database& database_;
  RunTable& runs_;
  AttemptTable& attempts_;
  CurveTable& curves_;
  ChangeSet& changes_;
  const SweepIndex& sweeps_;
  Prepared insert_cancellation_, set_sweep_state_, set_sweep_priority_;
  std::vector<Wanted> wanted_;
  std::vector<const ProgressPoint*> points_;
};

}  // namespace scanyard::store
