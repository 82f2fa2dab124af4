#include "coordinator/core/granting.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "coordinator/core/packing.hpp"
#include "coordinator/core/transitions.hpp"

namespace scanyard::core {
namespace {

/// Leases the runs of a pack and sends it. The slot keeps what credit is left.
void grant_pack(Core& core, SlotRef ref, const Pack& pack, TimePoint now, Effects& out) {
  Worker& worker = core.workers[ref.worker];
  Slot& slot = slot_of(core, ref);
  protocol::Grant grant{slot.info.slot, core.shapes[pack.shape].json, {}};
  grant.replicas.reserve(pack.runs.size());
  if (slot.active() == 0) slot.alive_at = now;
  for (const RunIndex run : pack.runs) {
    const Token token{core.epoch, core.next_token++};
    lease_run(core, run, ref, token, now);
    grant.replicas.push_back({core.runs[run].id, token, core.values[core.runs[run].values]});
  }
  slot.tried_since_setback = true;
  const auto replicas = static_cast<std::int32_t>(pack.runs.size());
  set_credit(core, ref, std::max(0, slot.credit - replicas));
  ++core.counters.packs_granted;
  core.counters.runs_granted += pack.runs.size();
  out.log.push_back({LogLevel::debug,
                     "pack.granted",
                     {},
                     grant.replicas.front().token,
                     worker.info.name,
                     fmt::format("slot={} runs={}", slot.info.slot.value, replicas)});
  out.sends.push_back({worker.peer, std::move(grant)});
}

}  // namespace

bool may_grant(const Core& core, TimePoint now) {
  return !core.stopping && now >= core.grace_until && now >= core.store_blocked_until;
}

void grant_to(Core& core, SlotRef ref, TimePoint now, Effects& out) {
  const Slot& slot = slot_of(core, ref);
  if (!core.workers[ref.worker].grantable() || now < slot.not_before) return;
  while (slot.credit > 0) {
    const auto pack = choose_pack(core, ref);
    if (!pack) return;
    grant_pack(core, ref, *pack, now, out);
  }
}

void grant_waiting(Core& core, TimePoint now, Effects& out) {
  if (!core.work_arrived || !may_grant(core, now)) return;
  core.work_arrived = false;
  bool look_again = false;
  for (auto next = core.waiting.begin(); next != core.waiting.end() && !core.ready.empty();) {
    const SlotRef slot = next->second;
    ++next;  // A slot without credit left leaves the list.
    grant_to(core, slot, now, out);
    look_again |= slot_of(core, slot).not_before > now;
  }
  core.work_arrived = look_again;
}

void note_setback(Core& core, SlotRef ref, TimePoint now) {
  Slot& slot = slot_of(core, ref);
  if (!slot.tried_since_setback) return;
  slot.tried_since_setback = false;
  ++slot.setbacks;
  if (slot.setbacks < 2) return;
  const std::int64_t factor = std::int64_t{1} << std::min(slot.setbacks - 2, 20);
  slot.not_before =
      now + std::min(factor * core.options.setback_delay, core.options.setback_delay_max);
}

}  // namespace scanyard::core
