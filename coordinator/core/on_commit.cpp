//! The store has committed a group of writes, or failed to: only now are workers and clients told.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "common/assert.hpp"
#include "coordinator/core/attempts.hpp"
#include "coordinator/core/granting.hpp"
#include "coordinator/core/reactor.hpp"
#include "coordinator/core/transitions.hpp"

namespace scanyard::core {
namespace {

/// Acknowledgements of one commit, one message a worker.
using Acks = std::map<WorkerIndex, protocol::Ack>;

std::string_view event_of(const pending::AttemptEnded& ended) {
  switch (ended.phase_after) {
    case RunPhase::finished:
      return "run.finished";
    case RunPhase::diverged:
      return "run.diverged";
    case RunPhase::failed:
      return "run.failed";
    default:
      return "attempt.ended";
  }
}

void log_completed_sweeps(const Core& core, const Run& run, Effects& out) {
  for (const SweepIndex index : core.sweeps.members(run.sweeps)) {
    const Sweep& sweep = core.sweeps[index];
    if (sweep.open() > 0) continue;
    out.log.push_back({LogLevel::info,
                       "sweep.complete",
                       {},
                       {},
                       {},
                       fmt::format("sweep={} name={}", sweep.id.value, sweep.name)});
  }
}

void committed(Core& core, const pending::AttemptEnded& ended, Acks& acks, TimePoint,
               Effects& out) {
  Run& run = core.runs[ended.run];
  if (run.last_token == ended.token) run.token_pending = false;
  // An attempt that the coordinator itself gave up was never reported: nobody waits for an answer.
  if (ended.end != AttemptEnd::lost) {
    ++core.counters.results_accepted;
    acks[ended.worker].items.push_back(
        {run.id, ended.token, protocol::Acknowledged::Verdict::accepted});
  }
  const std::string& worker = core.workers[ended.worker].info.name;
  const LogLevel level = ended.end == AttemptEnd::failed ? LogLevel::warning : LogLevel::debug;
  out.log.push_back({level, event_of(ended), run.id, ended.token, worker,
                     fmt::format("end={}", to_text(ended.end))});
  if (!ended.ends_run()) return;
  SCANYARD_ASSERT(run.phase == RunPhase::ending, "nothing but its commit ends an ending run");
  settle_run(core, ended.run, ended.phase_after);
  log_completed_sweeps(core, run, out);
}

/// Settles what nobody else wants; what another sweep asked for meanwhile stays open.
void committed(Core& core, const pending::SweepCancelled& cancelled, Acks&, TimePoint now,
               Effects& out) {
  ReopenRuns reopen{{}, now};
  std::uint64_t settled = 0;
  for (const RunIndex index : cancelled.runs) {
    const Run& run = core.runs[index];
    if (!core.sweeps.contains(run.sweeps, cancelled.sweep)) continue;
    if (core.sweeps.members(run.sweeps).size() > 1) {
      reopen.runs.push_back(run.id);
    } else if (run.phase == RunPhase::queued || run.phase == RunPhase::leased) {
      revoke(core, index, "sweep cancelled: " + cancelled.reason, out);
      settle_run(core, index, RunPhase::cancelled);
      ++settled;
    }
  }
  for (std::uint32_t i = 0; i < core.runs.size(); ++i) {
    const RunIndex index{i};
    if (is_open(core.runs[index].phase) &&
        core.sweeps.members(core.runs[index].sweeps).size() > 1) {
      remove_sweep(core, index, cancelled.sweep);
    }
  }
  set_sweep_state(core, cancelled.sweep, SweepState::cancelled);
  if (!reopen.runs.empty()) write(core, std::move(reopen), out);
  const Sweep& sweep = core.sweeps[cancelled.sweep];
  out.log.push_back(
      {LogLevel::info,
       "sweep.cancelled",
       {},
       {},
       {},
       fmt::format("sweep={} runs={} reason=\"{}\"", sweep.id.value, settled, cancelled.reason)});
  out.replies.push_back(
      {cancelled.request, fmt::format("sweep {} ({}) is cancelled; {} open runs were given up",
                                      sweep.id.value, sweep.name, settled)});
}

void committed(Core& core, const pending::SweepHeld& held, Acks&, TimePoint, Effects& out) {
  set_sweep_state(core, held.sweep, held.state);
  const Sweep& sweep = core.sweeps[held.sweep];
  const bool paused = held.state == SweepState::paused;
  out.log.push_back({LogLevel::info,
                     paused ? "sweep.paused" : "sweep.resumed",
                     {},
                     {},
                     {},
                     fmt::format("sweep={}", sweep.id.value)});
  out.replies.push_back(
      {held.request, fmt::format("sweep {} ({}) is {}", sweep.id.value, sweep.name,
                                 paused ? "paused; what is running goes on" : "resumed")});
}

void committed(Core& core, const pending::PriorityChanged& changed, Acks&, TimePoint,
               Effects& out) {
  set_sweep_priority(core, changed.sweep, changed.priority);
  const Sweep& sweep = core.sweeps[changed.sweep];
  out.log.push_back({LogLevel::info,
                     "sweep.priority",
                     {},
                     {},
                     {},
                     fmt::format("sweep={} priority={}", sweep.id.value, changed.priority)});
  out.replies.push_back(
      {changed.request,
       fmt::format("sweep {} ({}) has priority {}", sweep.id.value, sweep.name, changed.priority)});
}

/// Whether a sweep that is not cancelled wants the run.
bool wanted(const Core& core, const Run& run) {
  const auto& members = core.sweeps.members(run.sweeps);
  return std::any_of(members.begin(), members.end(), [&](SweepIndex sweep) {
    return core.sweeps[sweep].state != SweepState::cancelled;
  });
}

/// The worker still has the report and will send it again: the attempt is back where it was.
void failed(Core& core, const pending::AttemptEnded& ended, const Error&, Effects&) {
  Run& run = core.runs[ended.run];
  const bool current = run.last_token == ended.token;
  if (current && ended.end != AttemptEnd::lost) {
    run.token_ended = false;
    run.token_pending = false;
  }
  if (ended.end == AttemptEnd::failed && run.failures > 0) --run.failures;
  if (!ended.ends_run()) {
    // The queue keeps runs with and without failures apart.
    if (ended.end == AttemptEnd::failed && run.phase == RunPhase::queued)
      requeue_run(core, ended.run);
    return;
  }
  const Worker& worker = core.workers[ended.worker];
  const bool still_there = worker.life == WorkerLife::connected &&
                           worker.generation == ended.generation && ended.slot.valid();
  undo_ending(core, ended.run, still_there ? ended.slot : SlotRef{});
  // Its cancellation passed over it because of the result that is lost now; the database has it as
  // cancelled.
  if (!wanted(core, run)) settle_run(core, ended.run, RunPhase::cancelled);
}

void failed(Core& core, const pending::SweepCancelled& cancelled, const Error& error,
            Effects& out) {
  set_sweep_state(core, cancelled.sweep, cancelled.before);
  out.replies.push_back({cancelled.request, tl::unexpected(error)});
}

void failed(Core&, const pending::SweepHeld& held, const Error& error, Effects& out) {
  out.replies.push_back({held.request, tl::unexpected(error)});
}

void failed(Core&, const pending::PriorityChanged& changed, const Error& error, Effects& out) {
  out.replies.push_back({changed.request, tl::unexpected(error)});
}

}  // namespace

void on_committed(Core& core, WriteId last, TimePoint now, Effects& out) {
  Acks acks;
  while (!core.pending.empty() && core.pending.front().id <= last) {
    const PendingWrite done = std::move(core.pending.front());
    core.pending.pop_front();
    std::visit([&](const auto& what) { committed(core, what, acks, now, out); }, done.what);
  }
  for (auto& [index, ack] : acks) {
    const Worker& worker = core.workers[index];
    // One that cannot be reached reports again when it is back, and is answered then.
    if (worker.life == WorkerLife::connected) out.sends.push_back({worker.peer, std::move(ack)});
  }
  ++core.change_number;
  grant_waiting(core, now, out);
}

void on_commit_failed(Core& core, WriteId last, const Error& error, TimePoint now, Effects& out) {
  ++core.counters.commits_failed;
  core.store_blocked_until = now + core.options.store_retry;
  out.log.push_back({LogLevel::warning,
                     "commit.failed",
                     {},
                     {},
                     {},
                     fmt::format("code={} message=\"{}\"", error.code().text, error.to_string())});
  // Backwards, so that what happened last is undone first.
  std::deque<PendingWrite> lost;
  while (!core.pending.empty() && core.pending.front().id <= last) {
    lost.push_front(std::move(core.pending.front()));
    core.pending.pop_front();
  }
  for (const auto& write : lost)
    std::visit([&](const auto& what) { failed(core, what, error, out); }, write.what);
  ++core.change_number;
}

}  // namespace scanyard::core
