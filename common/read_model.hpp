//! What pages, tables and `--json` read: the one interface of the web folder to the rest,
//! implemented by the store (durable facts) together with the service (what is live). Every call is
//! a consistent snapshot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "common/records.hpp"
#include "common/spec/selection.hpp"
#include "common/spec/vocabulary.hpp"

namespace scanyard {

/// Runs by state; the sum is the number submitted.
struct StateCounts {
  std::uint64_t queued = 0, running = 0, finished = 0, diverged = 0, failed = 0, cancelled = 0;
  std::uint64_t total() const {
    return queued + running + finished + diverged + failed + cancelled;
  }
  std::uint64_t done() const { return finished + diverged; }
};

struct SweepSummary {
  SweepId id;
  std::string name;
  std::string description;
  std::string state;  ///< "active", "paused", "complete", "cancelled"
  std::int32_t priority = 0;
  std::string source_name;
  std::string submitted_by;
  TimePoint submitted;
  std::optional<TimePoint> last_result;
  StateCounts counts;
  std::uint64_t cells = 0;
};

struct SweepDetail {
  SweepSummary summary;
  std::string spec_text;
  spec::Selection selection;
  spec::TableLayout layout;  ///< never empty: the chosen keys where the spec did not say
};

/// One run's value under a sweep's selection, as tables and plots need it.
struct CellRun {
  RunId run;
  RunState state = RunState::queued;
  std::string axes_json;        ///< the values of the selection's axes: {"lr":0.001,"seed":1}
  std::optional<double> value;  ///< empty unless the run has a result with such an evaluation
  std::int32_t epoch = 0;       ///< of that evaluation
  bool solved = false;
};

/// The selected value of a cell's runs of one state size, for plots over state size.
struct ValueAtState {
  double state = 0;             ///< N = H*m
  std::optional<double> value;  ///< the sweep's selection, over the runs of this size only
  std::uint64_t results = 0;    ///< finished or diverged runs of this size
  std::uint64_t solved = 0;
};

/// What a table shows of one cell, and under the number.
struct CellSummary {
  CellId id;
  std::string json;   ///< all keys of the cell
  std::string label;  ///< the keys that vary within the sweep
  double state = 0;   ///< state size N, 0 = not one value
  StateCounts counts;
  std::uint64_t solved = 0;
  std::optional<double> value;  ///< after selection, not rounded
  std::optional<double> mean, standard_deviation, minimum, median,
      maximum;                               ///< over the cell's runs with a value
  std::optional<double> expected_best_of_5;  ///< of five of these runs, on average; none below five
  std::optional<RunId> best_run;
  std::string best_axes_json;  ///< which lr, seed, hidden gave the value
  std::optional<spec::PublishedKey> published_key;
  std::optional<double> published;  ///< the paper's number
  std::vector<ValueAtState>
      by_state;  ///< by rising state size; sizes without a result are left out
};

struct CurveOfRun {
  RunId run;
  RunState state = RunState::queued;
  std::string axes_json;
  std::vector<EpochPoint> points;
};

struct AttemptSummary {
  Token token;
  std::string worker;
  std::int32_t slot = 0;
  std::string end;  ///< text of AttemptEnd, or "running"
  std::string reason;
  std::string message;
  std::string log_tail;
  TimePoint started;
  std::optional<TimePoint> ended;
};

struct RunDetail {
  RunId id;
  RunState state = RunState::queued;
  std::string shape_json;
  std::string replica_json;
  std::optional<RunOutcome> outcome;
  std::string error;                     ///< last failure or the reason of the cancellation
  std::vector<AttemptSummary> attempts;  ///< oldest first
  std::vector<EpochPoint> curve;
  struct Membership {
    SweepId sweep;
    std::string sweep_name;
    CellId cell;
    std::string label;
  };
  std::vector<Membership> memberships;
};

struct SlotStatus {
  SlotInfo info;
  std::string state;  ///< "training", "idle", "starting", "trouble"
  std::int32_t replicas = 0;
  double steps_per_s = 0;   ///< over the last heartbeats
  std::string shape_label;  ///< short text of what it trains; in trouble, the code of why it rests
};

struct WorkerStatus {
  WorkerInfo info;
  std::string state;  ///< "connected", "draining", "lost", "gone"
  TimePoint first_seen;
  TimePoint last_seen;
  std::uint64_t finished = 0, failed = 0;  ///< attempts
  std::int64_t outbox_records = 0;
  std::vector<SlotStatus> slots;
};

/// Counts of what was refused or dropped, by stable name: "net.unknown_key", "protocol.replayed",
/// ...
struct Counter {
  std::string name;
  std::string doc;
  std::uint64_t value = 0;
};

struct ServerStatus {
  std::string build;
  Epoch epoch;
  TimePoint started;
  TimePoint now;
  std::string database_path;
  std::string endpoint;  ///< what workers and clients connect to: "tcp://127.0.0.1:7400"
  std::vector<Counter> counters;
  std::string worker_join;  ///< file that a worker of this machine joins with; empty = not known
};

/// A run that the database has, for a plan: what a new sweep would not have to train.
struct KnownRun {
  std::uint64_t index = 0;  ///< of the run in the question
  RunState state = RunState::queued;
  SweepId sweep;  ///< the oldest sweep that asked for it
};

/// A cell may have 10,000 runs, which no plot shows one by one.
inline constexpr std::size_t cell_curves_max = 500;

/// Thread-safe: every thread gets its own database connection underneath. Errors: store.* codes;
/// store.not_found for an id that does not exist.
class ReadModel {
 public:
  virtual ~ReadModel() = default;

  /// Rises whenever anything that a page shows has changed.
  virtual std::uint64_t change_number() = 0;

  virtual Result<ServerStatus> server() = 0;
  virtual Result<std::vector<SweepSummary>> sweeps() = 0;  ///< newest first
  virtual Result<SweepDetail> sweep(SweepId id) = 0;
  virtual Result<std::vector<CellSummary>> cells(SweepId id) = 0;  ///< in the spec's order
  virtual Result<std::vector<CellRun>> cell_runs(SweepId sweep, CellId cell) = 0;
  /// Of the first `cell_curves_max` runs in the spec's order.
  virtual Result<std::vector<CurveOfRun>> cell_curves(SweepId sweep, CellId cell) = 0;
  virtual Result<RunDetail> run(const RunId& id) = 0;
  /// The one run whose hexadecimal id starts with `prefix`. Errors: store.not_found,
  /// store.ambiguous.
  virtual Result<RunId> find_run(const std::string& prefix) = 0;
  virtual Result<std::vector<WorkerStatus>> workers() = 0;
  /// Those of `runs` that the database has, in the order asked; O(log n) each.
  virtual Result<std::vector<KnownRun>> known_runs(std::span<const RunId> runs) = 0;
};

}  // namespace scanyard
