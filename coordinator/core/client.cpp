#include "coordinator/core/client.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "coordinator/core/attempts.hpp"
#include "coordinator/core/errc.hpp"
#include "coordinator/core/transitions.hpp"

namespace scanyard::core {
namespace {

/// The sweep if it has open runs and nothing else is under way with it; else the request is
/// answered here.
SweepIndex open_sweep(Core& core, RequestId request, SweepId id, Effects& out) {
  const SweepIndex index = core.sweeps.find(id);
  if (!index.valid() || core.sweeps[index].open() == 0) {
    out.replies.push_back(
        {request, fail(errc::sweep_not_open,
                       fmt::format("sweep {} has no open runs: nothing to do", id.value))});
    return {};
  }
  const SweepState state = core.sweeps[index].state;
  if (state == SweepState::cancelling || state == SweepState::cancelled) {
    out.replies.push_back(
        {request, fail(errc::sweep_state, fmt::format("sweep {} is being cancelled", id.value))});
    return {};
  }
  return index;
}

void hold(Core& core, RequestId request, SweepId id, SweepState from, SweepState to, TimePoint now,
          Effects& out) {
  const SweepIndex index = open_sweep(core, request, id, out);
  if (!index.valid()) return;
  if (core.sweeps[index].state != from) {
    out.replies.push_back(
        {request, fail(errc::sweep_state,
                       fmt::format("sweep {} is {}", id.value,
                                   from == SweepState::active ? "paused already" : "not paused"))});
    return;
  }
  const char* text = to == SweepState::paused ? "paused" : "active";
  const WriteId write_id = write(core, SetSweepState{id, text, {}, now}, out);
  core.pending.push_back({write_id, pending::SweepHeld{index, to, request}});
}

/// Whether a sweep that nobody is cancelling wants the run, too. Two cancellations may be on their
/// way to the disk together: the later one then takes what both share.
bool wanted_elsewhere(const Core& core, const Run& run, SweepIndex cancelled) {
  const auto& members = core.sweeps.members(run.sweeps);
  return std::any_of(members.begin(), members.end(), [&](SweepIndex sweep) {
    const SweepState state = core.sweeps[sweep].state;
    return sweep != cancelled && state != SweepState::cancelling && state != SweepState::cancelled;
  });
}

}  // namespace

void on_cancel(Core& core, RequestId request, SweepId id, const std::string& reason, TimePoint now,
               Effects& out) {
  const SweepIndex index = open_sweep(core, request, id, out);
  if (!index.valid()) return;
  pending::SweepCancelled cancelled{index, core.sweeps[index].state, {}, reason, request};
  CancelRuns runs{{}, reason, now};
  for (std::uint32_t i = 0; i < core.runs.size(); ++i) {
    const Run& run = core.runs[RunIndex{i}];
    if (!is_open(run.phase) || !core.sweeps.contains(run.sweeps, index)) continue;
    if (wanted_elsewhere(core, run, index)) continue;
    cancelled.runs.push_back(RunIndex{i});
    runs.runs.push_back(run.id);
  }
  // Nothing of it is granted while the cancellation is on its way to the disk.
  set_sweep_state(core, index, SweepState::cancelling);
  write(core, SetSweepState{id, "cancelled", reason, now}, out);
  const WriteId last = write(core, std::move(runs), out);
  core.pending.push_back({last, std::move(cancelled)});
}

void on_pause(Core& core, RequestId request, SweepId sweep, TimePoint now, Effects& out) {
  hold(core, request, sweep, SweepState::active, SweepState::paused, now, out);
}

void on_resume(Core& core, RequestId request, SweepId sweep, TimePoint now, Effects& out) {
  hold(core, request, sweep, SweepState::paused, SweepState::active, now, out);
}

void on_priority(Core& core, RequestId request, SweepId id, std::int32_t priority, TimePoint,
                 Effects& out) {
  const SweepIndex index = open_sweep(core, request, id, out);
  if (!index.valid()) return;
  const WriteId write_id = write(core, SetSweepPriority{id, priority}, out);
  core.pending.push_back({write_id, pending::PriorityChanged{index, priority, request}});
}

void on_drain(Core& core, RequestId request, const std::string& name, TimePoint, Effects& out) {
  const WorkerIndex index = core.workers.find(name);
  if (!index.valid() || core.workers[index].life != WorkerLife::connected) {
    out.replies.push_back(
        {request, fail(errc::no_such_worker, fmt::format("no worker '{}' is connected", name))});
    return;
  }
  Worker& worker = core.workers[index];
  worker.draining = true;
  core.workers.count_slots();
  ++core.change_number;
  out.sends.push_back({worker.peer, protocol::Drain{"the worker is being drained"}});
  out.log.push_back({LogLevel::info, "worker.draining", {}, {}, name, {}});
  out.replies.push_back(
      {request,
       fmt::format("worker {} takes nothing new and leaves when its runs have ended", name)});
}

}  // namespace scanyard::core
