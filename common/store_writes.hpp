//! What the coordinator's core asks the store to make durable. The store applies a batch in one
//! transaction.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "common/records.hpp"
#include "common/spec/expansion.hpp"

namespace scanyard {

/// The accepted or merely recorded end of an attempt. Recorded once per (run, token): the same attempt again replaces
/// what was recorded (a lost attempt's late result), and a failure counts once.
struct RecordAttempt {
  AttemptReport report;
  std::string worker;
  /// The run's new state: finished, diverged and failed set it, whatever it was; queued leaves it
  /// as it is (released, lost, to be tried again), which may be cancelled.
  RunState state_after = RunState::queued;
};

/// New points of running attempts, so that curves grow on the page before a run ends.
struct RecordProgress {
  std::vector<ProgressPoint> points;
};

/// Runs that no sweep wants any more become cancelled, those of them that are open; the others stay as they are.
struct CancelRuns {
  std::vector<RunId> runs;
  std::string reason;
  TimePoint at;
};

/// Cancelled runs become open again, because a submission asked for them while their cancellation was on its way.
struct ReopenRuns {
  std::vector<RunId> runs;
  TimePoint at;
};

/// A worker came, changed or went.
struct RecordWorker {
  WorkerInfo info;
  std::string state;  ///< "connected", "lost", "gone"
  TimePoint at;
};

/// A sweep as a whole was cancelled, held back, or taken up again.
struct SetSweepState {
  SweepId sweep;
  std::string state;  ///< "active", "paused" (nothing of it is granted), "cancelled"
  std::string reason;
  TimePoint at;
};

/// Sweeps of a higher priority are granted first; every sweep starts with 0.
struct SetSweepPriority {
  SweepId sweep;
  std::int32_t priority = 0;
};

using StoreWrite = std::variant<RecordAttempt, RecordProgress, CancelRuns, ReopenRuns, RecordWorker,
                                SetSweepState, SetSweepPriority>;

/// A whole submission. Applied alone, in one transaction. Failed and cancelled runs that it asks for become open
/// again with no failures counted; finished and diverged ones count as done.
struct SubmitSweep {
  std::shared_ptr<const spec::Expansion> expansion;
  std::string spec_text;
  std::string source_name;
  std::string submitted_by;  ///< name of the client's key
  std::string request_id;    ///< the same id again returns the sweep that it made the first time
  TimePoint at;
};

/// An open run as the scheduler needs it, from a submission or at a restart.
struct OpenRun {
  RunId id;
  std::uint32_t shape = 0;  ///< index into the shapes that come with it
  std::string replica_json;
  std::int32_t failures = 0;  ///< failed attempts since the last retry or submission reopened it
  Token last_token;  ///< greatest token of its recorded attempts; zero = none. Older are superseded
  /// That attempt was reported by its worker (failed, released): a repeated report is no news.
  bool last_token_ended = false;
  std::vector<SweepId> sweeps;  ///< active sweeps that want it
};

struct OpenShape {
  std::string json;
  double flops = 0;         ///< of one whole run
  double memory_bytes = 0;  ///< of one replica
};

/// A sweep that still has open runs, or had them when it was paused.
struct OpenSweep {
  SweepId id;
  std::string name;
  std::string state;  ///< "active" or "paused"
  std::int32_t priority = 0;
};

/// Everything that is still to be trained, as the scheduler needs it at a start.
struct OpenRuns {
  std::vector<OpenSweep> sweeps;
  std::vector<OpenShape> shapes;
  std::vector<OpenRun> runs;  ///< by sweep, within it in the spec's order
};

/// `retry`: runs of a sweep in one of these states become open again with no failures counted, and the sweep active.
/// Applied alone, in one transaction.
struct RetrySweep {
  SweepId sweep;
  std::vector<RunState> states;  ///< of failed, cancelled, diverged
  std::vector<RunId> runs;       ///< only these of the sweep's; empty = all
  TimePoint at;
};

/// What a retry reopened.
struct RetryOutcome {
  OpenSweep sweep;
  std::vector<OpenShape> shapes;
  std::vector<OpenRun> open;  ///< the reopened runs, and those still open that had been given up by this sweep only
};

/// What a submission met: new runs, runs that were there already, by state.
struct SubmitOutcome {
  SweepId sweep;
  std::string name;       ///< as in the spec
  bool repeated = false;  ///< the request id was known: nothing was changed
  std::uint64_t runs = 0, new_runs = 0, already_done = 0, already_open = 0;
  std::vector<OpenShape> shapes;
  std::vector<OpenRun> open;  ///< every run of the sweep that is to be trained, in the spec's order
};

}  // namespace scanyard
