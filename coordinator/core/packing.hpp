//! Which queued runs a slot gets next, as one pack.
#pragma once

#include <optional>
#include <vector>

#include "coordinator/core/core.hpp"

namespace scanyard::core {

/// Runs of one shape key for one slot, still queued.
struct Pack {
  ShapeIndex shape;
  std::vector<RunIndex> runs;
  bool retried = false;  ///< runs with failed attempts: the pack is small, and nothing joins it
};

/// The next pack for a slot, or nothing when no queued run may go there now. Rules:
///  - the first group in the granting order of which a replica fits into the slot's memory gives
///  the shape key; runs of
///    other sweeps with the same shape key fill the pack up;
///  - a busy slot takes only runs of the shape that it trains, and only of the sweep that is next
///  in the order, so that
///    joining never keeps a more urgent sweep waiting;
///  - a pack is no larger than the slot's credit, its max_replicas and its memory, and at the end
///  of the work no larger
///    than what gives every slot an equal share, so that all slots stay busy;
///  - a run with one failed attempt goes into a quarter of a pack, with more
///  (CoreOptions::alone_after) into a pack of
///    its own: whoever killed a trainer cannot take its neighbours' last attempts along.
/// Removes outdated entries from the queue, changes nothing else. O(replicas + log groups), and at
/// worst linear in the groups whose memory need is within 19 % of the slot's memory.
std::optional<Pack> choose_pack(Core& core, SlotRef slot);

}  // namespace scanyard::core
