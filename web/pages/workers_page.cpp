#include "web/pages/workers_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text.hpp"
#include "web/commands.hpp"
#include "web/html/template.hpp"
#include "web/pages/parts.hpp"

namespace scanyard::web {
namespace {

std::string number(std::uint64_t value) {
  return with_thousands(static_cast<long long>(value));
}

std::string rate_text(double steps_per_s) {
  return fixed(steps_per_s, steps_per_s < 10 ? 1 : 0);
}

double rate_of(const WorkerStatus& worker) {
  double sum = 0;
  for (const auto& slot : worker.slots)
    sum += slot.steps_per_s;
  return sum;
}

std::uint64_t busy_slots(const WorkerStatus& worker) {
  return static_cast<std::uint64_t>(
      std::count_if(worker.slots.begin(), worker.slots.end(),
                    [](const SlotStatus& slot) { return slot.state == "training"; }));
}

Node worker_row(const WorkerStatus& worker, std::size_t index, TimePoint now) {
  return Node::Object{
      {"index", std::to_string(index)},
      {"name", worker.info.name},
      {"host", worker.info.host},
      {"state", state_chip(worker.state)},
      {"last_seen", moment(now, worker.last_seen)},
      {"slots", fmt::format("{} of {} training", busy_slots(worker), worker.slots.size())},
      {"rate", rate_text(rate_of(worker))},
      {"finished", number(worker.finished)},
      {"failed", number(worker.failed)},
      {"outbox", with_thousands(worker.outbox_records)},
      {"build", worker.info.build}};
}

Node slot_row(const WorkerStatus& worker, std::size_t index, const SlotStatus& slot) {
  return Node::Object{
      {"index", std::to_string(index)},
      {"name", worker.info.name},
      {"slot", std::to_string(slot.info.slot.value)},
      {"state", state_chip(slot.state)},
      {"trains", slot.shape_label.empty() ? "nothing" : slot.shape_label},
      {"replicas", fmt::format("{} of up to {}", slot.replicas, slot.info.max_replicas)},
      {"rate", rate_text(slot.steps_per_s)},
      {"device", fmt::format("{} ({})", slot.info.device_name, slot.info.device)},
      {"threads", std::to_string(slot.info.threads)},
      {"memory", bytes_text(slot.info.memory_bytes)}};
}

}  // namespace

Page workers_page(const WorkersView& view) {
  Node::List workers, slots, gone;
  std::uint64_t connected = 0, busy = 0, all_slots = 0;
  double rate = 0;
  for (std::size_t i = 0; i < view.workers.size(); ++i) {
    const WorkerStatus& worker = view.workers[i];
    if (worker.state == "gone") {
      gone.push_back(worker_row(worker, i, view.now));
      continue;
    }
    workers.push_back(worker_row(worker, i, view.now));
    for (const auto& slot : worker.slots)
      slots.push_back(slot_row(worker, i, slot));
    if (worker.state == "lost") continue;
    ++connected;
    busy += busy_slots(worker);
    all_slots += worker.slots.size();
    rate += rate_of(worker);
  }
  const std::string summary =
      fmt::format("{} connected, {} of {} training, {} steps per second together.",
                  counted(connected, "worker", "workers"), busy,
                  counted(all_slots, "slot", "slots"), rate_text(rate));
  const Html content = render(
      "workers.html", {{"summary", summary},
                       {"none", connected == 0},
                       {"none_text", view.workers.empty() ? "No worker has ever connected."
                                                          : "No worker is connected now."},
                       {"worker_command", command_box(worker_command(view.worker_join))},
                       {"present", !workers.empty()},
                       {"workers", std::move(workers)},
                       {"slot_rows", std::move(slots)},
                       {"past", !gone.empty()},
                       {"gone_text", counted(gone.size(), "worker has left", "workers have left")},
                       {"gone", std::move(gone)}});
  return {"Workers", Section::workers, content};
}

}  // namespace scanyard::web
