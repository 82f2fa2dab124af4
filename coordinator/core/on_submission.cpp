//! What the store says after a submission or a retry: runs join the queue.
#include <fmt/format.h>

#include "common/assert.hpp"
#include "coordinator/core/granting.hpp"
#include "coordinator/core/reactor.hpp"
#include "coordinator/core/transitions.hpp"

namespace scanyard::core {
namespace {

/// Takes up runs that the store has just said are open. What happened since the store looked (it
/// works in the order of our writes, so only what is still pending) wins over what it says.
std::uint64_t take_up(Core& core, const std::vector<OpenShape>& shapes,
                      const std::vector<OpenRun>& runs) {
  std::uint64_t taken = 0;
  std::vector<ShapeIndex> indices;
  indices.reserve(shapes.size());
  for (const auto& shape : shapes)
    indices.push_back(core.shapes.intern(shape));
  for (const auto& open : runs) {
    SCANYARD_ASSERT(open.shape < indices.size(), "an open run names one of the shapes beside it");
    const RunIndex run = core.runs.find(open.id);
    if (!run.valid()) {
      add_run(core, open, indices[open.shape]);
      ++taken;
      continue;
    }
    std::vector<SweepIndex> sweeps;
    for (const SweepId sweep : open.sweeps)
      sweeps.push_back(core.sweeps.intern(sweep));
    if (!is_open(core.runs[run].phase)) {
      reopen_run(core, run, sweeps);
      ++taken;
      continue;
    }
    for (const SweepIndex sweep : sweeps)
      add_sweep(core, run, sweep);
  }
  return taken;
}

}  // namespace

void on_submitted(Core& core, const SubmitOutcome& outcome, TimePoint now, Effects& out) {
  if (outcome.repeated) return;
  Sweep& sweep = core.sweeps[core.sweeps.intern(outcome.sweep)];
  sweep.name = outcome.name;
  const auto queued = take_up(core, outcome.shapes, outcome.open);
  out.log.push_back({LogLevel::info,
                     "sweep.submitted",
                     {},
                     {},
                     {},
                     fmt::format("sweep={} name={} runs={} new={} done={} open={} queued={}",
                                 outcome.sweep.value, outcome.name, outcome.runs, outcome.new_runs,
                                 outcome.already_done, outcome.already_open, queued)});
  ++core.change_number;
  grant_waiting(core, now, out);
}

void on_retried(Core& core, const RetryOutcome& outcome, TimePoint now, Effects& out) {
  const SweepIndex sweep = core.sweeps.intern(outcome.sweep.id);
  core.sweeps[sweep].name = outcome.sweep.name;
  set_sweep_priority(core, sweep, outcome.sweep.priority);
  set_sweep_state(core, sweep,
                  outcome.sweep.state == "paused" ? SweepState::paused : SweepState::active);
  const auto queued = take_up(core, outcome.shapes, outcome.open);
  out.log.push_back({LogLevel::info,
                     "sweep.retried",
                     {},
                     {},
                     {},
                     fmt::format("sweep={} reopened={}", outcome.sweep.id.value, queued)});
  grant_waiting(core, now, out);
}

}  // namespace scanyard::core
