#include "coordinator/core/transitions.hpp"

#include <algorithm>

#include "common/assert.hpp"

namespace scanyard::core {
namespace {

GroupIndex group_of(Core& core, SweepIndex sweep, ShapeIndex shape) {
  GroupIndex group = core.groups.find(sweep, shape);
  if (group.valid()) return group;
  Sweep& owner = core.sweeps[sweep];
  group = core.groups.add(sweep, shape, owner.shapes_seen++);
  owner.groups.push_back(group);
  core.shapes[shape].groups.push_back(group);
  return group;
}

void unlist(Core& core, GroupIndex index) {
  Group& group = core.groups[index];
  if (!group.ready) return;
  core.ready.erase(core.shapes[group.shape].memory_bytes, order_of(core, index), group.queued);
  group.ready = false;
}

void relist(Core& core, GroupIndex index) {
  Group& group = core.groups[index];
  if (group.ready || !is_grantable(core, group)) return;
  core.ready.insert(core.shapes[group.shape].memory_bytes, order_of(core, index), group.queued);
  group.ready = true;
  core.work_arrived = true;
}

void count_queued_in(Core& core, SweepIndex sweep, ShapeIndex shape, int change) {
  const GroupIndex index = group_of(core, sweep, shape);
  Group& group = core.groups[index];
  core.sweeps[sweep].queued += static_cast<std::uint64_t>(change);
  group.queued += static_cast<std::uint32_t>(change);
  if (group.ready) {
    core.ready.add_queued(core.shapes[shape].memory_bytes, change);
    if (group.queued == 0) unlist(core, index);
    core.work_arrived |= change > 0;
  } else {
    relist(core, index);
  }
}

/// Adds (+1) or removes (-1) a run from everything that counts open runs of one sweep.
void count_in(Core& core, const Run& run, SweepIndex sweep, int change) {
  if (run.phase == RunPhase::queued) {
    count_queued_in(core, sweep, run.shape, change);
  } else if (is_open(run.phase)) {
    core.sweeps[sweep].running += static_cast<std::uint64_t>(change);
  }
}

void push_entry(Core& core, RunIndex index, SweepIndex sweep) {
  const Run& run = core.runs[index];
  Group& group = core.groups[group_of(core, sweep, run.shape)];
  (run.failures > 0 ? group.retried : group.fresh).push(index);
}

void set_phase(Core& core, RunIndex index, RunPhase phase) {
  Run& run = core.runs[index];
  const auto& members = core.sweeps.members(run.sweeps);
  for (const SweepIndex sweep : members)
    count_in(core, run, sweep, -1);
  run.phase = phase;
  for (const SweepIndex sweep : members) {
    if (phase == RunPhase::queued) push_entry(core, index, sweep);
    count_in(core, run, sweep, +1);
  }
  ++core.change_number;
}

std::vector<RunIndex>& holder_list(Core& core, SlotRef slot) {
  return slot.valid() ? slot_of(core, slot).attempts : core.workers[slot.worker].floating;
}

void detach(Core& core, RunIndex index) {
  Run& run = core.runs[index];
  if (!run.slot.worker.valid()) return;
  auto& list = holder_list(core, run.slot);
  SCANYARD_ASSERT(run.position < list.size() && list[run.position] == index,
                  "a leased run knows its place in its holder's list");
  list[run.position] = list.back();
  core.runs[list[run.position]].position = run.position;
  list.pop_back();
  if (run.slot.valid()) {
    --core.active;
    Slot& slot = slot_of(core, run.slot);
    if (slot.attempts.empty()) slot.alone = false;
    core.work_arrived |= slot.credit > 0;
  }
  run.slot = {};
  run.position = 0;
}

void attach(Core& core, RunIndex index, SlotRef slot) {
  Run& run = core.runs[index];
  SCANYARD_ASSERT(!run.slot.worker.valid(), "a run has one holder");
  auto& list = holder_list(core, slot);
  run.slot = slot;
  run.position = static_cast<std::uint32_t>(list.size());
  list.push_back(index);
  if (slot.valid()) {
    ++core.active;
    Slot& place = slot_of(core, slot);
    place.shape = run.shape;
    place.alone |= run.failures > 0;
  }
}

}  // namespace

GroupOrder order_of(const Core& core, GroupIndex index) {
  const Group& group = core.groups[index];
  const Sweep& sweep = core.sweeps[group.sweep];
  return {-std::int64_t{sweep.priority}, sweep.id.value, group.position, index};
}

bool is_grantable(const Core& core, const Group& group) {
  return group.queued > 0 && core.sweeps[group.sweep].grantable();
}

RunIndex add_run(Core& core, const OpenRun& open, ShapeIndex shape) {
  std::vector<SweepIndex> sweeps;
  for (const SweepId sweep : open.sweeps)
    sweeps.push_back(core.sweeps.intern(sweep));
  Run run;
  run.id = open.id;
  run.last_token = open.last_token;
  run.token_ended = open.last_token_ended;
  run.shape = shape;
  run.values = core.values.intern(open.replica_json);
  run.sweeps = core.sweeps.set_of({});
  run.failures = static_cast<std::uint8_t>(std::min(open.failures, 255));
  const RunIndex index = core.runs.add(run);
  core.runs[index].sweeps = core.sweeps.set_of(sweeps);
  for (const SweepIndex sweep : sweeps) {
    push_entry(core, index, sweep);
    count_in(core, core.runs[index], sweep, +1);
  }
  ++core.change_number;
  return index;
}

void reopen_run(Core& core, RunIndex index, const std::vector<SweepIndex>& sweeps) {
  Run& run = core.runs[index];
  SCANYARD_ASSERT(!is_open(run.phase), "only a run that has ended is opened again");
  run.failures = 0;
  run.losses = 0;
  run.sweeps =
      core.sweeps.set_of(sweeps);  // Those of a run that has ended are not counted anywhere.
  set_phase(core, index, RunPhase::queued);
}

void add_sweep(Core& core, RunIndex index, SweepIndex sweep) {
  Run& run = core.runs[index];
  if (core.sweeps.contains(run.sweeps, sweep)) return;
  run.sweeps = core.sweeps.with(run.sweeps, sweep);
  if (run.phase == RunPhase::queued) push_entry(core, index, sweep);
  count_in(core, run, sweep, +1);
}

void remove_sweep(Core& core, RunIndex index, SweepIndex sweep) {
  Run& run = core.runs[index];
  if (!core.sweeps.contains(run.sweeps, sweep)) return;
  count_in(core, run, sweep, -1);
  run.sweeps = core.sweeps.without(run.sweeps, sweep);
}

void lease_run(Core& core, RunIndex index, SlotRef slot, Token token, TimePoint now) {
  Run& run = core.runs[index];
  SCANYARD_ASSERT(run.phase == RunPhase::queued, "only a queued run is leased");
  SCANYARD_ASSERT(!(token < run.last_token), "tokens of one run never fall");
  run.last_token = token;
  run.token_ended = false;
  run.token_pending = false;
  run.leased_at = now;
  set_phase(core, index, RunPhase::leased);
  attach(core, index, slot);
}

void move_lease(Core& core, RunIndex index, SlotRef slot) {
  SCANYARD_ASSERT(core.runs[index].phase == RunPhase::leased, "only a lease moves");
  detach(core, index);
  attach(core, index, slot);
}

void requeue_run(Core& core, RunIndex index) {
  const RunPhase phase = core.runs[index].phase;
  SCANYARD_ASSERT(phase == RunPhase::leased || phase == RunPhase::queued,
                  "only a run without a result goes back");
  detach(core, index);
  set_phase(core, index, RunPhase::queued);
}

void begin_ending(Core& core, RunIndex index) {
  const RunPhase phase = core.runs[index].phase;
  SCANYARD_ASSERT(phase == RunPhase::leased || phase == RunPhase::queued,
                  "a result is accepted once");
  detach(core, index);
  set_phase(core, index, RunPhase::ending);
}

void undo_ending(Core& core, RunIndex index, SlotRef slot) {
  SCANYARD_ASSERT(core.runs[index].phase == RunPhase::ending, "only a pending end is undone");
  if (slot.valid()) {
    set_phase(core, index, RunPhase::leased);
    attach(core, index, slot);
  } else {
    set_phase(core, index, RunPhase::queued);
  }
}

void settle_run(Core& core, RunIndex index, RunPhase phase) {
  SCANYARD_ASSERT(is_open(core.runs[index].phase), "a run ends once");
  SCANYARD_ASSERT(!is_open(phase), "a settled run is not open");
  detach(core, index);
  set_phase(core, index, phase);
}

void set_sweep_state(Core& core, SweepIndex index, SweepState state) {
  Sweep& sweep = core.sweeps[index];
  for (const GroupIndex group : sweep.groups)
    unlist(core, group);
  sweep.state = state;
  for (const GroupIndex group : sweep.groups)
    relist(core, group);
  ++core.change_number;
}

void set_sweep_priority(Core& core, SweepIndex index, std::int32_t priority) {
  Sweep& sweep = core.sweeps[index];
  for (const GroupIndex group : sweep.groups)
    unlist(core, group);
  sweep.priority = priority;
  for (const GroupIndex group : sweep.groups)
    relist(core, group);
  core.work_arrived = true;
  ++core.change_number;
}

void set_credit(Core& core, SlotRef ref, std::int32_t replicas) {
  Slot& slot = slot_of(core, ref);
  slot.credit = replicas;
  if (replicas > 0 && slot.waiting == 0) {
    slot.waiting = core.next_waiting++;
    core.waiting.emplace(slot.waiting, ref);
  } else if (replicas == 0 && slot.waiting != 0) {
    core.waiting.erase(slot.waiting);
    slot.waiting = 0;
  }
}

}  // namespace scanyard::core
