//! Grants: a pack goes to a slot that has asked for one.
#pragma once

#include "coordinator/core/core.hpp"

namespace scanyard::core {

/// Whether packs may be granted at all now: not in the grace after a start, while the store fails,
/// or while stopping.
bool may_grant(const Core& core, TimePoint now);

/// Grants to waiting slots, longest waiting first, as long as something fits, when something became
/// grantable since the last call. Call it at the end of every event. O(1) when nothing did.
void grant_waiting(Core& core, TimePoint now, Effects& out);

/// Grants packs to one slot until its credit or the queue is used up.
void grant_to(Core& core, SlotRef slot, TimePoint now, Effects& out);

/// A pack of this slot failed or came back: the second in a row and later ones delay its next
/// grant, so that a broken slot cannot use up the attempts of a whole sweep.
void note_setback(Core& core, SlotRef slot, TimePoint now);

}  // namespace scanyard::core
