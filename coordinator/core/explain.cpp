#include "coordinator/core/explain.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text.hpp"
#include "coordinator/core/transitions.hpp"

namespace scanyard::core {
namespace {

std::string seconds(Duration span) {
  return human_duration(static_cast<double>(span.ms) / 1e3);
}

std::string megabytes(double bytes) {
  return fmt::format("{:.1f} MB", bytes / 1e6);
}

/// What the workers look like to one queued run.
struct Market {
  std::uint64_t connected = 0, draining = 0, lost = 0;
  std::uint64_t slots = 0, fitting = 0, busy = 0, resting = 0, troubled = 0;
  double largest_bytes = 0;
  std::string trouble;
};

Market survey(const Core& core, double replica_bytes, TimePoint now) {
  Market market;
  for (std::uint32_t i = 0; i < core.workers.size(); ++i) {
    const Worker& worker = core.workers[WorkerIndex{i}];
    market.lost += worker.life == WorkerLife::lost;
    if (worker.life != WorkerLife::connected) continue;
    ++market.connected;
    market.draining += worker.draining;
    if (worker.draining) continue;
    for (const Slot& slot : worker.slots) {
      ++market.slots;
      market.largest_bytes = std::max(market.largest_bytes, slot.memory_bytes());
      if (slot.memory_bytes() < replica_bytes) continue;
      ++market.fitting;
      market.busy += slot.active() > 0;
      market.resting += now < slot.not_before;
      if (slot.trouble.empty()) continue;
      ++market.troubled;
      market.trouble = slot.trouble;
    }
  }
  return market;
}

void add(Explanation& to, std::string code, std::string sentence) {
  to.reasons.push_back({std::move(code), std::move(sentence)});
}

/// Reasons that hold for every run now.
void explain_coordinator(const Core& core, TimePoint now, Explanation& to) {
  if (core.stopping) add(to, "waiting.stopping", "The coordinator is stopping and grants nothing.");
  if (now < core.grace_until) {
    add(to, "waiting.grace",
        fmt::format("The coordinator has just started and grants nothing for another {}, so that "
                    "workers with running trainings come first.",
                    seconds(core.grace_until - now)));
  }
  if (now < core.store_blocked_until) {
    add(to, "waiting.store",
        "The database could not be written to (see the coordinator's log); nothing is granted "
        "until "
        "it can.");
  }
}

void explain_sweeps(const Core& core, const Run& run, Explanation& to) {
  const auto& members = core.sweeps.members(run.sweeps);
  const bool grantable = std::any_of(members.begin(), members.end(), [&](SweepIndex sweep) {
    return core.sweeps[sweep].grantable();
  });
  if (grantable) return;
  for (const SweepIndex index : members) {
    const Sweep& sweep = core.sweeps[index];
    const bool paused = sweep.state == SweepState::paused;
    add(to, paused ? "waiting.paused" : "waiting.cancelled",
        fmt::format("Sweep {} ({}) is {}.", sweep.id.value, sweep.name,
                    paused ? "paused: scanyard resume continues it" : "being cancelled"));
  }
}

void explain_market(const Core& core, const Run& run, TimePoint now, Explanation& to) {
  const double need = core.shapes[run.shape].memory_bytes;
  const Market market = survey(core, need, now);
  if (market.connected == 0) {
    add(to, "waiting.no_worker",
        market.lost > 0 ? fmt::format("No worker is connected; {} fell silent.", market.lost)
                        : std::string("No worker is connected."));
  } else if (market.slots == 0) {
    add(to, "waiting.draining", "Every connected worker is being drained.");
  } else if (market.fitting == 0) {
    add(to, "waiting.memory",
        fmt::format("It needs {} and the largest of {} slots has {}.", megabytes(need),
                    market.slots, megabytes(market.largest_bytes)));
  } else if (market.troubled == market.fitting) {
    add(to, "waiting.trouble",
        fmt::format("Every slot that it fits into is in trouble ({}).", market.trouble));
  } else if (market.busy == market.fitting) {
    add(to, "waiting.slots_busy",
        fmt::format("All {} slots that it fits into are busy.", market.fitting));
  } else if (market.resting > 0) {
    add(to, "waiting.setback",
        fmt::format("{} of {} slots rest for a while, because packs failed there in a row.",
                    market.resting, market.fitting));
  } else {
    add(to, "waiting.credit", "Workers have free slots but have not asked for runs yet.");
  }
}

void explain_queued(const Core& core, const Run& run, TimePoint now, Explanation& to) {
  explain_coordinator(core, now, to);
  explain_sweeps(core, run, to);
  explain_market(core, run, now, to);
  std::optional<GroupOrder> first;
  for (const SweepIndex sweep : core.sweeps.members(run.sweeps)) {
    const GroupIndex group = core.groups.find(sweep, run.shape);
    if (!group.valid() || !core.groups[group].ready) continue;
    const GroupOrder order = order_of(core, group);
    if (!first || order < *first) first = order;
  }
  if (first) {
    to.runs_ahead = core.ready.queued_before(
        *first, [&](GroupIndex group) { return std::uint64_t{core.groups[group].queued}; });
    add(to, "waiting.order",
        to.runs_ahead == 0 ? std::string("Its group of runs is next.")
                           : fmt::format("{} queued runs come before its group.",
                                         with_thousands(static_cast<long long>(to.runs_ahead))));
  }
  if (run.failures > 0) {
    add(to, "waiting.retry",
        fmt::format("{} of {} attempts have failed; it is tried again in a {}.", run.failures,
                    core.options.attempts_max,
                    run.failures >= core.options.alone_after ? "pack of its own" : "smaller pack"));
  }
}

void explain_running(const Core& core, const Run& run, TimePoint now, Explanation& to) {
  if (run.phase == RunPhase::ending) {
    add(to, "running.committing", "Its result has arrived and is on its way to the disk.");
    return;
  }
  const Worker& worker = core.workers[run.slot.worker];
  to.worker = worker.info.name;
  to.since = run.leased_at;
  const std::string heard = seconds(now - worker.last_seen);
  if (!run.slot.valid()) {
    add(to, "running.unknown",
        fmt::format("Worker {} held it before its last hello and may still deliver its result.",
                    worker.info.name));
    return;
  }
  const Slot& slot = slot_of(core, run.slot);
  to.slot = slot.info.slot;
  add(to, "running.on",
      fmt::format("Worker {} trains it in slot {} for {}, in a pack of {}; last heard of {} ago.",
                  worker.info.name, slot.info.slot.value, seconds(now - run.leased_at),
                  slot.active(), heard));
}

}  // namespace

std::optional<Explanation> explain(const Core& core, const RunId& id, TimePoint now) {
  const RunIndex index = core.runs.find(id);
  if (!index.valid()) return std::nullopt;
  const Run& run = core.runs[index];
  Explanation to;
  to.run = id;
  to.state = public_state(run.phase);
  to.failures = run.failures;
  if (run.last_token != Token{}) to.token = run.last_token;
  if (run.phase == RunPhase::queued) {
    explain_queued(core, run, now, to);
  } else if (is_open(run.phase)) {
    explain_running(core, run, now, to);
  } else {
    add(to, fmt::format("ended.{}", to_text(to.state)),
        fmt::format("It is {}.", to_text(to.state)));
  }
  return to;
}

}  // namespace scanyard::core
