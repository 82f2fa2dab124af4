#include "coordinator/core/packing.hpp"

#include <algorithm>

#include "common/assert.hpp"
#include "coordinator/core/transitions.hpp"

namespace scanyard::core {
namespace {

/// Replicas of a shape that fit into the slot besides those that it trains.
std::int64_t room(const Core& core, const Slot& slot, ShapeIndex shape) {
  const std::int64_t by_count = std::min(slot.credit, slot.info.max_replicas - slot.active());
  const double replica_bytes = core.shapes[shape].memory_bytes;
  if (replica_bytes <= 0) return by_count;
  const double by_memory = std::min(slot.memory_bytes() / replica_bytes, 1e9);
  return std::min(by_count, static_cast<std::int64_t>(by_memory) - slot.active());
}

/// What the slot may hold at most so that every slot gets an equal share of all that is left.
std::int64_t fair_share(const Core& core, const Slot& slot) {
  const std::uint64_t slots = std::max<std::uint64_t>(1, core.workers.grantable_slots());
  const std::uint64_t left = core.ready.queued_fitting(slot.memory_bytes()) + core.active;
  return static_cast<std::int64_t>((left + slots - 1) / slots);
}

/// Replicas that a pack may have whose first run has failed so often.
std::int64_t failure_limit(const Core& core, const Slot& slot, int failures) {
  if (failures >= core.options.alone_after) return 1;
  return std::max(1, slot.info.max_replicas / 4);
}

/// Drops entries of runs that have left the queue otherwise; false when nothing is left.
bool skip_outdated(const Core& core, SweepIndex sweep, RunFifo& fifo, bool retried) {
  while (!fifo.empty()) {
    const Run& run = core.runs[fifo.front()];
    if (run.phase == RunPhase::queued && (run.failures > 0) == retried &&
        core.sweeps.contains(run.sweeps, sweep)) {
      return true;
    }
    fifo.pop();
  }
  return false;
}

/// Takes runs with at most `failures_max` failed attempts from one group. They stay queued; the
/// caller leases them at once, so that no entry is lost.
void take_from(Core& core, GroupIndex index, int failures_max, std::int64_t limit, Pack& pack) {
  Group& group = core.groups[index];
  RunFifo& fifo = failures_max > 0 ? group.retried : group.fresh;
  const auto full = [&] { return static_cast<std::int64_t>(pack.runs.size()) >= limit; };
  while (!full() && skip_outdated(core, group.sweep, fifo, failures_max > 0)) {
    const RunIndex run = fifo.front();
    if (core.runs[run].failures > failures_max) return;
    fifo.pop();
    // A second entry of a run that this very pack holds already.
    if (std::find(pack.runs.begin(), pack.runs.end(), run) == pack.runs.end())
      pack.runs.push_back(run);
  }
}

/// Groups of a shape in the granting order, `first` at the front.
std::vector<GroupIndex> groups_of_shape(const Core& core, ShapeIndex shape) {
  std::vector<GroupIndex> groups;
  for (const GroupIndex group : core.shapes[shape].groups) {
    if (core.groups[group].ready) groups.push_back(group);
  }
  std::sort(groups.begin(), groups.end(),
            [&](GroupIndex a, GroupIndex b) { return order_of(core, a) < order_of(core, b); });
  return groups;
}

std::optional<GroupOrder> next_group(const Core& core, const Slot& slot) {
  return core.ready.first_fitting(slot.memory_bytes(), [&](GroupIndex group) {
    return core.shapes[core.groups[group].shape].memory_bytes;
  });
}

std::optional<Pack> joiners(Core& core, const Slot& slot, const GroupOrder& next) {
  if (slot.alone || !slot.shape.valid()) return std::nullopt;
  const GroupIndex same = core.groups.find(core.groups[next.group].sweep, slot.shape);
  if (!same.valid() || !core.groups[same].ready) return std::nullopt;
  const std::int64_t limit =
      std::min(room(core, slot, slot.shape), fair_share(core, slot) - slot.active());
  Pack pack{slot.shape, {}, false};
  take_from(core, same, 0, limit, pack);
  return pack.runs.empty() ? std::nullopt : std::optional(std::move(pack));
}

}  // namespace

std::optional<Pack> choose_pack(Core& core, SlotRef ref) {
  const Slot& slot = slot_of(core, ref);
  const auto next = next_group(core, slot);
  if (!next) return std::nullopt;
  if (slot.active() > 0 || slot.same_shape_only) return joiners(core, slot, *next);

  Group& first = core.groups[next->group];
  Pack pack{first.shape, {}, false};
  std::int64_t limit = std::min(room(core, slot, pack.shape), fair_share(core, slot));
  if (limit < 1) return std::nullopt;
  if (skip_outdated(core, first.sweep, first.fresh, false)) {
    for (const GroupIndex group : groups_of_shape(core, pack.shape))
      take_from(core, group, 0, limit, pack);
    return pack;
  }
  const bool any = skip_outdated(core, first.sweep, first.retried, true);
  SCANYARD_ASSERT(any, "a listed group has an entry for each of its queued runs");
  pack.retried = true;
  const int failures = core.runs[first.retried.front()].failures;
  take_from(core, next->group, failures, std::min(limit, failure_limit(core, slot, failures)),
            pack);
  return pack;
}

}  // namespace scanyard::core
