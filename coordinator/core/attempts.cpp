#include "coordinator/core/attempts.hpp"

#include <fmt/format.h>

#include "coordinator/core/errc.hpp"
#include "coordinator/core/transitions.hpp"

namespace scanyard::core {
namespace {

constexpr std::size_t strangers_max = 10'000;

AttemptReport report_of(const Core& core, RunIndex index, AttemptEnd end, TimePoint now) {
  const Run& run = core.runs[index];
  AttemptReport report;
  report.run = run.id;
  report.token = run.last_token;
  report.end = end;
  report.started = run.leased_at;
  report.ended = now;
  if (run.slot.valid())
    report.slot = static_cast<std::int32_t>(slot_of(core, run.slot).info.slot.value);
  return report;
}

std::string_view life_text(const Worker& worker) {
  switch (worker.life) {
    case WorkerLife::connected:
      return "connected";
    case WorkerLife::lost:
      return "lost";
    case WorkerLife::gone:
      break;
  }
  return "gone";
}

}  // namespace

WriteId write(Core& core, StoreWrite what, Effects& out) {
  const WriteId id{core.next_write++};
  out.writes.push_back({id, std::move(what)});
  return id;
}

void lose_attempt(Core& core, RunIndex index, ErrorCode reason, const std::string& why,
                  TimePoint now, Effects& out) {
  Run& run = core.runs[index];
  AttemptReport report = report_of(core, index, AttemptEnd::lost, now);
  report.reason = reason.text;
  report.message = why;
  const std::string worker = core.workers[run.slot.worker].info.name;
  ++core.counters.attempts_lost;
  if (run.losses < 255 && reason != errc::worker_gone) ++run.losses;
  out.log.push_back({LogLevel::info, "attempt.lost", run.id, run.last_token, worker,
                     fmt::format("reason={}", reason.text)});
  if (run.losses < core.options.losses_max) {
    requeue_run(core, index);
    write(core, RecordAttempt{std::move(report), worker, RunState::queued}, out);
    return;
  }
  report.reason = errc::lost_too_often.text;
  report.message = fmt::format("{} attempts were lost, the last because {}", run.losses, why);
  const WorkerIndex holder = run.slot.worker;
  begin_ending(core, index);
  const WriteId id = write(core, RecordAttempt{std::move(report), worker, RunState::failed}, out);
  core.pending.push_back({id, pending::AttemptEnded{.run = index,
                                                    .token = run.last_token,
                                                    .end = AttemptEnd::lost,
                                                    .phase_after = RunPhase::failed,
                                                    .worker = holder}});
}

void release_attempt(Core& core, RunIndex index, const std::string& why, TimePoint now,
                     Effects& out) {
  Run& run = core.runs[index];
  AttemptReport report = report_of(core, index, AttemptEnd::released, now);
  report.message = why;
  const std::string worker = core.workers[run.slot.worker].info.name;
  requeue_run(core, index);
  run.token_ended = true;
  out.log.push_back({LogLevel::info, "attempt.released", run.id, run.last_token, worker,
                     fmt::format("reason=\"{}\"", why)});
  write(core, RecordAttempt{std::move(report), worker, RunState::queued}, out);
}

std::vector<RunIndex> attempts_of(const Worker& worker) {
  std::vector<RunIndex> all = worker.floating;
  for (const Slot& slot : worker.slots)
    all.insert(all.end(), slot.attempts.begin(), slot.attempts.end());
  return all;
}

void revoke(Core& core, RunIndex index, const std::string& reason, Effects& out) {
  const Run& run = core.runs[index];
  if (!run.slot.worker.valid()) return;
  const Worker& worker = core.workers[run.slot.worker];
  if (worker.life != WorkerLife::connected) return;
  // Revocations of one event to one worker travel together.
  if (!out.sends.empty() && out.sends.back().peer == worker.peer) {
    auto* last = std::get_if<protocol::Revoke>(&out.sends.back().message);
    if (last != nullptr && last->reason == reason) {
      last->tokens.push_back(run.last_token);
      return;
    }
  }
  out.sends.push_back({worker.peer, protocol::Revoke{{run.last_token}, reason}});
}

WorkerIndex known_worker(Core& core, PeerId peer, TimePoint now, Effects& out) {
  const WorkerIndex worker = core.workers.find(peer);
  if (worker.valid() && core.workers[worker].life == WorkerLife::connected) {
    core.workers[worker].last_seen = now;
    return worker;
  }
  ++core.counters.messages_unknown_peer;
  if (core.strangers.size() >= strangers_max) core.strangers.clear();
  const auto [entry, added] = core.strangers.try_emplace(peer, now);
  if (added || now - entry->second >= core.options.heartbeat) {
    entry->second = now;
    out.sends.push_back({peer, protocol::Who{core.epoch}});
  }
  return {};
}

bool plausible(const Core& core, Token token) {
  if (token.epoch < core.epoch) return token.epoch.value > 0 && token.number > 0;
  return token.epoch == core.epoch && token.number > 0 && token.number < core.next_token;
}

void record_worker(Core& core, const Worker& worker, TimePoint now, Effects& out) {
  write(core, RecordWorker{worker.info, std::string(life_text(worker)), now}, out);
  ++core.change_number;
}

}  // namespace scanyard::core
