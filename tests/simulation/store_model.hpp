//! What the database must do, in a few lines and in memory: the measure for the core and for the
//! real store.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "common/store_writes.hpp"

namespace scanyard::simulation {

enum class Stored { open, finished, diverged, failed, cancelled };

struct StoredRun {
  std::uint32_t shape = 0;
  std::string values;
  Stored state = Stored::open;
  std::int32_t failures = 0;
  std::set<SweepId> sweeps;  ///< all that ever asked for it
  std::map<Token, AttemptEnd> attempts;
  std::optional<Token> result;  ///< the attempt whose result it has
};

struct StoredSweep {
  std::string name;
  std::string state = "active";  ///< "active", "paused", "cancelled"
  std::int32_t priority = 0;
  std::vector<RunId> runs;  ///< in the spec's order
  std::string request_id;
};

/// The contract of common/store_writes.hpp. Everything that a call changes is durable when it
/// returns; a crash of the coordinator loses only calls that were not made yet.
class StoreModel {
 public:
  Epoch open();
  OpenRuns load_open() const;
  SubmitOutcome submit(const SubmitSweep& request);
  RetryOutcome retry(const RetrySweep& request);
  void apply(std::span<const StoreWrite> batch);

  const std::map<RunId, StoredRun>& runs() const { return runs_; }
  const std::map<SweepId, StoredSweep>& sweeps() const { return sweeps_; }
  const StoredRun* find(const RunId& run) const;

  /// Violations of the promises that the store itself can see: a second result for a run.
  const std::vector<std::string>& faults() const { return faults_; }

 private:
  void apply(const RecordAttempt& record);
  void apply(const RecordProgress&) {}
  void apply(const CancelRuns& cancel);
  void apply(const ReopenRuns& reopen);
  void apply(const RecordWorker&) {}
  void apply(const SetSweepState& set);
  void apply(const SetSweepPriority& set);
  void reopen(StoredRun& run);
  OpenRun open_run(const RunId& id, const StoredRun& run) const;
  bool wanted(const StoredRun& run) const;

  Epoch epoch_{0};
  std::vector<OpenShape> shapes_;
  std::map<RunId, StoredRun> runs_;
  std::map<SweepId, StoredSweep> sweeps_;
  std::vector<std::string> faults_;
};

}  // namespace scanyard::simulation
