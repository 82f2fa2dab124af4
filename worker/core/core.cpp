#include "worker/core/core.hpp"

#include <algorithm>

#include "common/assert.hpp"
#include "common/protocol/limits.hpp"

namespace scanyard::worker {

Core::Core(CoreConfig config, WorkerInfo info, std::vector<AttemptReport> outbox)
    : config_(config), info_(std::move(info)), heartbeat_(config.heartbeat_default) {
  SCANYARD_ASSERT(!info_.slots.empty(), "a worker has a slot at least");
  for (const auto& slot_info : info_.slots) {
    SCANYARD_ASSERT(slot_info.max_replicas > 0, "a slot takes a replica at least");
    SCANYARD_ASSERT(find_slot(slot_info.slot) == nullptr, "slots have different numbers");
    slots_.emplace_back();
    slots_.back().info = slot_info;
  }
  std::int64_t attempts_max = 0;
  for (const auto& slot : slots_)
    attempts_max += 3 * std::int64_t{slot.info.max_replicas};
  SCANYARD_ASSERT(attempts_max <= protocol::limits::attempts_max, "a Hello can name every attempt");
  for (auto& report : outbox) {
    const ReportKey key{report.run, report.token};
    outbox_[key] = {std::move(report), Outgoing::Phase::ready, {}, false};
  }
}

Effects Core::on_start(TimePoint now) {
  Effects out;
  heartbeat_at_ = now;
  if (!outbox_.empty()) {
    out.push_back(
        Note{Note::Level::info, "outbox.found", {{"reports", std::to_string(outbox_.size())}}});
  }
  for (auto& slot : slots_) {
    slot.start_at = now;
    start_trainer(out, slot, now);
  }
  return out;
}

Effects Core::on_tick(TimePoint now) {
  Effects out;
  if (exited_) return out;
  const bool retry_hello = (link_ == Link::greeting && now - hello_at_ >= config_.hello_retry) ||
                           (link_ == Link::refused && now - hello_at_ >= config_.refused_retry);
  if (retry_hello && connected_) greet(out, now);
  for (auto& slot : slots_)
    watch(out, slot, now);
  if (store_blocked_ && now >= store_retry_at_) retry_store(out, now);
  if (link_ == Link::welcomed) {
    flush_results(out, now);
    if (!progress_.empty() && now >= progress_at_) flush_progress(out, now);
    if (now >= heartbeat_at_) send_heartbeat(out, now);
  }
  leave_when_done(out, now);
  return out;
}

TimePoint Core::next_tick(TimePoint now) const {
  // Whatever has no deadline of its own here is looked at once a heartbeat.
  TimePoint next = now + std::min(heartbeat_, config_.heartbeat_default);
  const auto earlier = [&](TimePoint at) { next = std::min(next, at); };
  if (link_ == Link::welcomed) earlier(heartbeat_at_);
  if (link_ == Link::welcomed && !progress_.empty()) earlier(progress_at_);
  if (link_ == Link::greeting) earlier(hello_at_ + config_.hello_retry);
  if (leaving_) earlier(leave_deadline_);
  if (store_blocked_) earlier(store_retry_at_);
  for (const auto& slot : slots_) {
    if (slot.trainer == Slot::Trainer::absent && !leaving_) earlier(slot.start_at);
  }
  return std::max(next, now);
}

Slot* Core::find_slot(SlotId id) {
  const auto found = std::find_if(slots_.begin(), slots_.end(),
                                  [&](const Slot& slot) { return slot.info.slot == id; });
  return found == slots_.end() ? nullptr : &*found;
}

Slot* Core::slot_of_trainer(SlotId id, std::int64_t instance) {
  Slot* slot = find_slot(id);
  const bool current =
      slot != nullptr && slot->instance == instance && slot->trainer != Slot::Trainer::absent;
  return current ? slot : nullptr;
}

}  // namespace scanyard::worker
