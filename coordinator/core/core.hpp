//! All state of the coordinator's core. Plain data without behaviour: the functions of reactor.hpp
//! and client.hpp change it, one per event; transitions.hpp holds the few steps in which a run's
//! state may change.
//!
//! Lifecycle: start() once, then events in the order in which they happen. One thread. No clock, no
//! I/O: time is an argument, and everything that is to happen outside comes back in Effects.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "coordinator/core/counters.hpp"
#include "coordinator/core/effects.hpp"
#include "coordinator/core/handles.hpp"
#include "coordinator/core/intern.hpp"
#include "coordinator/core/options.hpp"
#include "coordinator/core/run_queue.hpp"
#include "coordinator/core/run_table.hpp"
#include "coordinator/core/shape_table.hpp"
#include "coordinator/core/sweep_table.hpp"
#include "coordinator/core/worker_table.hpp"

namespace scanyard::core {

/// What is to be done when a write has reached the disk, or has failed to.
namespace pending {

/// The end of an attempt. The run is `ending` until then if `ends_run`.
struct AttemptEnded {
  RunIndex run;
  Token token;
  AttemptEnd end = AttemptEnd::failed;
  RunPhase phase_after = RunPhase::queued;
  WorkerIndex worker;
  SlotRef slot;                  ///< where it was leased, to give it back when the commit fails
  std::uint32_t generation = 0;  ///< of the worker's slots
  bool ends_run() const { return !is_open(phase_after); }
};

struct SweepCancelled {
  SweepIndex sweep;
  SweepState before = SweepState::active;
  std::vector<RunIndex> runs;  ///< those that no other sweep wanted when it was asked for
  std::string reason;
  RequestId request;
};

struct SweepHeld {  ///< paused or taken up again
  SweepIndex sweep;
  SweepState state = SweepState::active;
  RequestId request;
};

struct PriorityChanged {
  SweepIndex sweep;
  std::int32_t priority = 0;
  RequestId request;
};

}  // namespace pending

struct PendingWrite {
  WriteId id;
  std::variant<pending::AttemptEnded, pending::SweepCancelled, pending::SweepHeld,
               pending::PriorityChanged>
      what;
};

struct Core {
  CoreOptions options;
  Epoch epoch;
  TimePoint started;
  TimePoint grace_until;          ///< nothing is granted earlier
  TimePoint store_blocked_until;  ///< nor earlier than this, after a commit failed
  bool stopping = false;          ///< nothing is granted any more

  RunTable runs;
  TextTable values;
  ShapeTable shapes;
  SweepTable sweeps;
  GroupTable groups;
  ReadyGroups ready;
  WorkerTable workers;

  std::int64_t next_token = 1;
  std::int64_t next_write = 1;
  std::deque<PendingWrite> pending;          ///< by rising id
  std::map<std::uint64_t, SlotRef> waiting;  ///< slots with credit, longest waiting first
  std::uint64_t next_waiting = 1;
  bool work_arrived = false;  ///< something became grantable: look at the waiting slots
  std::uint64_t active = 0;   ///< attempts on slots
  std::unordered_map<PeerId, TimePoint> strangers;  ///< when connections without a hello were asked

  Counters counters;
  std::uint64_t change_number = 0;  ///< rises with everything that a page shows
};

/// A core as it starts on a database: everything open is queued; if anything was, nothing is
/// granted for two heartbeats. `epoch` must be greater than that of any earlier start.
Core start(const CoreOptions& options, Epoch epoch, const OpenRuns& open, TimePoint now,
           Effects& out);

}  // namespace scanyard::core
