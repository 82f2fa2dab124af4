#include "coordinator/core/snapshot.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "coordinator/core/counters.hpp"

namespace scanyard::core {
namespace {

WorkerStatus status_of(const Core& core, const Worker& worker) {
  WorkerStatus status;
  status.info = worker.info;
  status.first_seen = worker.first_seen;
  status.last_seen = worker.last_seen;
  status.outbox_records = worker.outbox_records;
  switch (worker.life) {
    case WorkerLife::connected:
      status.state = worker.draining ? "draining" : "connected";
      break;
    case WorkerLife::lost:
      status.state = "lost";
      break;
    case WorkerLife::gone:
      status.state = "gone";
      break;
  }
  for (const Slot& slot : worker.slots) {
    SlotStatus view;
    view.info = slot.info;
    view.replicas = slot.active();
    view.state = slot.active() == 0            ? "idle"
                 : slot.replicas_reported == 0 ? "starting"
                                               : "training";
    if (slot.active() > 0) {
      view.steps_per_s = slot.steps_per_s;
      view.shape_label = shape_label(core.shapes[slot.shape].json);
    } else if (!slot.trouble.empty()) {
      view.state = "trouble";
      view.shape_label = slot.trouble;
    }
    status.slots.push_back(std::move(view));
  }
  return status;
}

}  // namespace

std::string shape_label(const std::string& shape_json) {
  const auto keys = nlohmann::json::parse(shape_json, nullptr, false);
  if (!keys.is_object()) return {};
  const auto text_of = [&](const char* key) -> std::string {
    const auto found = keys.find(key);
    if (found == keys.end()) return {};
    return found->is_string() ? found->get<std::string>() : found->dump();
  };
  std::string label = text_of("model");
  for (const char* key : {"m", "hidden", "task"}) {
    const std::string value = text_of(key);
    if (value.empty()) continue;
    if (!label.empty()) label += ' ';
    label += std::string(key) == "task" ? value : std::string(key) + "=" + value;
  }
  return label;
}

LiveStatus snapshot(const Core& core, TimePoint now) {
  LiveStatus live;
  live.epoch = core.epoch;
  live.started = core.started;
  live.now = now;
  for (std::uint32_t i = 0; i < core.workers.size(); ++i) {
    const Worker& worker = core.workers[WorkerIndex{i}];
    live.workers.push_back(status_of(core, worker));
    for (const Slot& slot : worker.slots) {
      for (const RunIndex index : slot.attempts) {
        const Run& run = core.runs[index];
        live.running.push_back(
            {run.id, run.last_token, worker.info.name, slot.info.slot, run.leased_at});
      }
    }
    for (const RunIndex index : worker.floating) {
      const Run& run = core.runs[index];
      live.running.push_back({run.id, run.last_token, worker.info.name, SlotId{}, run.leased_at});
    }
  }
  std::sort(live.running.begin(), live.running.end(),
            [](const RunningRun& a, const RunningRun& b) { return a.run < b.run; });
  for (std::uint32_t i = 0; i < core.sweeps.size(); ++i) {
    const Sweep& sweep = core.sweeps[SweepIndex{i}];
    if (sweep.running > 0) live.running_by_sweep.emplace_back(sweep.id, sweep.running);
  }
  std::sort(live.running_by_sweep.begin(), live.running_by_sweep.end());
  live.counters = to_list(core.counters);
  return live;
}

}  // namespace scanyard::core
