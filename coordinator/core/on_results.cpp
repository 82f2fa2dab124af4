//! Ends of attempts as workers report them: accepted at most once per run, acknowledged only when
//! they are on disk.
#include <fmt/format.h>

#include "coordinator/core/attempts.hpp"
#include "coordinator/core/errc.hpp"
#include "coordinator/core/granting.hpp"
#include "coordinator/core/reactor.hpp"
#include "coordinator/core/transitions.hpp"

namespace scanyard::core {
namespace {

using Verdict = protocol::Acknowledged::Verdict;

/// A verdict that needs no commit, or nothing: then the report is news, or its commit is on the
/// way.
struct Judgement {
  std::optional<Verdict> verdict;
  bool news = false;
};

Judgement judge(Core& core, RunIndex index, const AttemptReport& report) {
  if (!index.valid()) return {Verdict::unknown_run};
  const Run& run = core.runs[index];
  const bool result = report.end == AttemptEnd::finished || report.end == AttemptEnd::diverged;
  if (result != report.outcome.has_value()) {
    ++core.counters.results_malformed;
    return {Verdict::superseded};
  }
  if (!plausible(core, report.token)) {
    ++core.counters.tokens_invalid;
    return {Verdict::superseded};
  }
  if (report.token < run.last_token) return {Verdict::superseded};
  const bool repeated = report.token == run.last_token && run.token_ended;
  if (run.phase == RunPhase::ending) {
    // Only the commit decides: until then neither this report nor its repetition is answered.
    if (repeated) return {};
    return {Verdict::superseded};
  }
  if (repeated && run.token_pending) return {};
  if (repeated) return {Verdict::duplicate};
  if (!is_open(run.phase)) return {Verdict::superseded};
  return {{}, true};
}

void count(Core& core, Verdict verdict) {
  switch (verdict) {
    case Verdict::accepted:
      ++core.counters.results_accepted;
      break;
    case Verdict::duplicate:
      ++core.counters.results_duplicate;
      break;
    case Verdict::superseded:
      ++core.counters.results_superseded;
      break;
    case Verdict::unknown_run:
      ++core.counters.results_unknown_run;
      break;
  }
}

RunPhase phase_after(const Core& core, const Run& run, AttemptEnd end) {
  switch (end) {
    case AttemptEnd::finished:
      return RunPhase::finished;
    case AttemptEnd::diverged:
      return RunPhase::diverged;
    case AttemptEnd::failed:
      return run.failures + 1 >= core.options.attempts_max ? RunPhase::failed : RunPhase::queued;
    case AttemptEnd::released:
    case AttemptEnd::revoked:
    case AttemptEnd::lost:
      break;
  }
  return RunPhase::queued;
}

void note_outcome(Core& core, WorkerIndex worker, SlotRef slot, AttemptEnd end, TimePoint now) {
  const bool result = end == AttemptEnd::finished || end == AttemptEnd::diverged;
  if (result) ++core.workers[worker].finished;
  if (end == AttemptEnd::failed) ++core.workers[worker].failed;
  if (!slot.valid()) return;
  if (result) {
    slot_of(core, slot).setbacks = 0;
  } else if (end == AttemptEnd::failed || end == AttemptEnd::released) {
    note_setback(core, slot, now);
  }
}

/// Takes a report that is news into account and asks for it to be written.
void accept(Core& core, WorkerIndex worker, RunIndex index, AttemptReport report, TimePoint now,
            Effects& out) {
  Run& run = core.runs[index];
  const AttemptEnd end = report.end;
  const RunPhase after = phase_after(core, run, end);
  // Somebody else may still train it under an older token: a hello after a restart can come late.
  if (report.token != run.last_token) revoke(core, index, std::string(errc::superseded.text), out);
  const SlotRef slot = run.slot.worker == worker ? run.slot : SlotRef{};
  note_outcome(core, worker, slot, end, now);
  run.last_token = report.token;
  run.token_ended = true;
  run.token_pending = true;
  if (end == AttemptEnd::failed && run.failures < 255) ++run.failures;
  if (is_open(after)) {
    requeue_run(core, index);
  } else {
    begin_ending(core, index);
  }
  const Token token = report.token;
  const WriteId id = write(
      core, RecordAttempt{std::move(report), core.workers[worker].info.name, public_state(after)},
      out);
  core.pending.push_back({id, pending::AttemptEnded{index, token, end, after, worker, slot,
                                                    core.workers[worker].generation}});
}

}  // namespace

void on_results(Core& core, PeerId peer, protocol::Results results, TimePoint now, Effects& out) {
  const WorkerIndex worker = known_worker(core, peer, now, out);
  if (!worker.valid()) return;
  protocol::Ack answers;
  for (auto& report : results.reports) {
    const RunIndex run = core.runs.find(report.run);
    const Judgement judgement = judge(core, run, report);
    if (judgement.news) {
      accept(core, worker, run, std::move(report), now, out);
    } else if (judgement.verdict) {
      count(core, *judgement.verdict);
      answers.items.push_back({report.run, report.token, *judgement.verdict});
      if (*judgement.verdict == Verdict::duplicate) continue;
      out.log.push_back(
          {LogLevel::info, "result.refused", report.run, report.token,
           core.workers[worker].info.name,
           fmt::format("verdict={}",
                       *judgement.verdict == Verdict::superseded ? "superseded" : "unknown_run")});
    }
  }
  if (!answers.items.empty()) out.sends.push_back({peer, std::move(answers)});
  grant_waiting(core, now, out);
}

}  // namespace scanyard::core
