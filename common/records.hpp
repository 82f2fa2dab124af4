//! The facts about runs that travel between trainer, agent, coordinator, store and page. Plain
//! data, no behaviour.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/ids.hpp"
#include "common/time.hpp"

namespace scanyard {

/// Where a submitted run is. Always exactly one; the six counts of a sweep add up to its number of
/// runs. `queued` and `running` are told apart only in the coordinator's memory (leases are soft);
/// the database calls both `open`.
enum class RunState { queued, running, finished, diverged, failed, cancelled };

/// "queued", "running", ... : the text in the database, in --json and on the page.
std::string_view to_text(RunState state);
std::optional<RunState> run_state_from_text(std::string_view text);

/// How an attempt ended.
enum class AttemptEnd {
  finished,  ///< all epochs done, or solved early: the outcome is the run's result
  diverged,  ///< the loss became non-finite: also a result, never retried
  failed,  ///< the trainer died, hung, ran out of memory or reported an error: the run may be tried
           ///< again
  released,  ///< the worker gave the run back (shutdown, walltime, drain): tried again, not counted
             ///< as a failure
  revoked,   ///< the coordinator took it back (cancelled, superseded)
  lost,      ///< the lease ran out without a sign of life: tried again
};
std::string_view to_text(AttemptEnd end);
std::optional<AttemptEnd> attempt_end_from_text(std::string_view text);

/// One evaluation, at the end of an epoch.
struct EpochPoint {
  std::int32_t epoch = 0;  ///< 1 = after the first epoch
  std::int64_t step = 0;   ///< optimiser steps so far
  double train_loss =
      0;  ///< nats per scored token, mean over the epoch's batches weighted by sequences
  double test_accuracy = 0;        ///< macro accuracy, protocol.md 4.3, in 0..1
  double test_micro_accuracy = 0;  ///< share of right tokens, in 0..1
  double test_perplexity = 0;      ///< protocol.md 4.2; capped at 1e300 so that it is always finite
  friend bool operator==(const EpochPoint&, const EpochPoint&) = default;
};

/// What a completed training (finished or diverged) gave.
struct RunOutcome {
  bool diverged = false;
  bool solved = false;  ///< ended early because the test accuracy passed the early-stop threshold
  std::int32_t epochs_done = 0;
  std::int64_t steps_done = 0;
  std::optional<EpochPoint>
      at_lowest_perplexity;  ///< the paper's reported epoch (4.2); empty: diverged before any
  std::optional<EpochPoint> at_best_accuracy;  ///< first epoch with the highest macro accuracy
  std::optional<EpochPoint> at_last;
  double train_s =
      0;  ///< wall time from first step to end, the share of this replica not divided out
  std::int32_t pack_size = 1;  ///< replicas trained together with this one when it started
  std::string device;          ///< "cpu: AMD EPYC, 1 thread" or a GPU's name
  std::string build;           ///< version and commit of the trainer
  friend bool operator==(const RunOutcome&, const RunOutcome&) = default;
};

/// The end of one attempt as its worker reports it: the record that sits in the outbox until it is
/// acknowledged.
struct AttemptReport {
  RunId run;
  Token token;
  AttemptEnd end = AttemptEnd::failed;
  std::string reason;    ///< stable code of a failure: "trainer.killed", "trainer.out_of_memory";
                         ///< empty when finished
  std::string message;   ///< one sentence for a person
  std::string log_tail;  ///< last lines of the trainer's stderr, at most 8 KiB; empty when finished
  TimePoint started;
  TimePoint ended;
  std::int32_t slot = 0;
  std::optional<RunOutcome> outcome;  ///< set exactly when finished or diverged
  std::vector<EpochPoint> curve;      ///< every evaluation of this attempt, oldest first
};

/// One evaluation of one running attempt, sent as it happens; the report repeats it, so losing one
/// loses nothing.
struct ProgressPoint {
  RunId run;
  Token token;
  EpochPoint point;
};

/// What a worker offers in one slot.
struct SlotInfo {
  SlotId slot;
  std::string device;             ///< "cpu" or "cuda:0"
  std::string device_name;        ///< "AMD EPYC 9V74", "NVIDIA H100 80GB HBM3"
  std::int32_t threads = 1;       ///< CPU threads of the slot's trainer
  std::int64_t memory_bytes = 0;  ///< what a pack may use
  std::int32_t max_replicas = 1;  ///< largest pack that this slot takes
};

/// One worker process, as it introduces itself.
struct WorkerInfo {
  std::string
      name;  ///< host name and a suffix, unique per worker folder; stays the same over restarts
  std::string instance;  ///< random, new at every start of the process
  std::string host;
  std::string build;  ///< version and commit
  std::vector<SlotInfo> slots;
};

}  // namespace scanyard
