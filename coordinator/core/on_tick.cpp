//! Time passes: leases end, deadlines fire, the grace is over.
#include <fmt/format.h>

#include "coordinator/core/attempts.hpp"
#include "coordinator/core/errc.hpp"
#include "coordinator/core/granting.hpp"
#include "coordinator/core/reactor.hpp"
#include "coordinator/core/transitions.hpp"

namespace scanyard::core {
namespace {

void expire(Core& core, WorkerIndex index, TimePoint now, Effects& out) {
  Worker& worker = core.workers[index];
  const auto held = attempts_of(worker);
  const auto why =
      fmt::format("worker {} was silent for {} ms", worker.info.name, (now - worker.last_seen).ms);
  for (std::uint32_t i = 0; i < worker.slots.size(); ++i)
    set_credit(core, {index, i}, 0);
  for (const RunIndex run : held)
    lose_attempt(core, run, errc::lease_expired, why, now, out);
  worker.floating_until.reset();
  worker.life = WorkerLife::lost;
  core.workers.count_slots();
  ++core.counters.leases_expired;
  record_worker(core, worker, now, out);
  out.log.push_back(
      {LogLevel::warning,
       "worker.lost",
       {},
       {},
       worker.info.name,
       fmt::format("silent_ms={} attempts={}", (now - worker.last_seen).ms, held.size())});
}

/// The agent kills a trainer that hangs; this is for agents that hang themselves but for their
/// heartbeat.
void give_up_stalled(Core& core, WorkerIndex index, std::uint32_t place, TimePoint now,
                     Effects& out) {
  Slot& slot = core.workers[index].slots[place];
  const std::vector<RunIndex> held = slot.attempts;
  ++core.counters.slots_stalled;
  out.log.push_back({LogLevel::warning,
                     "slot.stalled",
                     {},
                     {},
                     core.workers[index].info.name,
                     fmt::format("slot={} attempts={}", slot.info.slot.value, held.size())});
  for (const RunIndex run : held) {
    revoke(core, run, std::string(errc::stalled.text), out);
    lose_attempt(core, run, errc::stalled,
                 fmt::format("the slot made no step for {} ms", (now - slot.alive_at).ms), now,
                 out);
  }
  note_setback(core, {index, place}, now);
}

void check_worker(Core& core, WorkerIndex index, TimePoint now, Effects& out) {
  Worker& worker = core.workers[index];
  if (worker.life != WorkerLife::connected) return;
  if (now - worker.last_seen > core.options.lease) {
    expire(core, index, now, out);
    return;
  }
  if (worker.floating_until && now > *worker.floating_until) {
    const std::vector<RunIndex> floating = worker.floating;
    for (const RunIndex run : floating) {
      lose_attempt(core, run, errc::not_running, "its result did not come in time", now, out);
    }
    worker.floating_until.reset();
  }
  for (std::uint32_t i = 0; i < worker.slots.size(); ++i) {
    const Slot& slot = worker.slots[i];
    if (!slot.attempts.empty() && now - slot.alive_at > core.options.stall)
      give_up_stalled(core, index, i, now, out);
  }
}

}  // namespace

void on_tick(Core& core, TimePoint now, Effects& out) {
  for (std::uint32_t i = 0; i < core.workers.size(); ++i)
    check_worker(core, WorkerIndex{i}, now, out);
  grant_waiting(core, now, out);
}

void on_stop(Core& core, TimePoint, Effects& out) {
  core.stopping = true;
  out.log.push_back(
      {LogLevel::info, "core.stopping", {}, {}, {}, fmt::format("running={}", core.active)});
}

}  // namespace scanyard::core
