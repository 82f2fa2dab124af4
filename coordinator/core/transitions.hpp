//! The steps in which a run changes its state. Everything that is derived from states (counts of
//! sweeps, the queue, slots' lists of attempts) is kept right here and nowhere else; sanity.hpp
//! checks it.
#pragma once

#include <string>
#include <string_view>

#include "coordinator/core/core.hpp"

namespace scanyard::core {

/// Adds a run that is not known yet, queued.
RunIndex add_run(Core& core, const OpenRun& run, ShapeIndex shape);
/// A run that had ended is open again for these sweeps: queued, with no failures counted.
void reopen_run(Core& core, RunIndex run, const std::vector<SweepIndex>& sweeps);
void add_sweep(Core& core, RunIndex run, SweepIndex sweep);
void remove_sweep(Core& core, RunIndex run, SweepIndex sweep);

/// Queued -> leased on a slot, under a token that is not older than any earlier one.
void lease_run(Core& core, RunIndex run, SlotRef slot, Token token, TimePoint now);
/// Leased anywhere -> leased on this slot, or floating at the worker when the slot is not valid.
void move_lease(Core& core, RunIndex run, SlotRef slot);
/// Leased -> queued; or queued -> queued after its failures have changed.
void requeue_run(Core& core, RunIndex run);
/// Leased or queued -> ending: a result is on its way to the disk.
void begin_ending(Core& core, RunIndex run);
/// Ending -> leased on the slot, or queued when the slot is not valid: the commit failed.
void undo_ending(Core& core, RunIndex run, SlotRef slot);
/// Any open phase -> one that is not open.
void settle_run(Core& core, RunIndex run, RunPhase phase);

/// The sweep's state or priority changed: lists its groups where they belong now.
void set_sweep_state(Core& core, SweepIndex sweep, SweepState state);
void set_sweep_priority(Core& core, SweepIndex sweep, std::int32_t priority);

/// The place of a group in the granting order.
GroupOrder order_of(const Core& core, GroupIndex group);
/// Whether a group belongs into the list of ready ones.
bool is_grantable(const Core& core, const Group& group);

/// The slot's credit; 0 takes it from the waiting list.
void set_credit(Core& core, SlotRef slot, std::int32_t replicas);

/// The slot itself.
inline Slot& slot_of(Core& core, SlotRef slot) {
  return core.workers[slot.worker].slots[slot.slot];
}
inline const Slot& slot_of(const Core& core, SlotRef slot) {
  return core.workers[slot.worker].slots[slot.slot];
}

}  // namespace scanyard::core
