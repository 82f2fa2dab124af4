//! The connection to the coordinator: hello, heartbeats, and what it says.
#include <algorithm>

#include "common/protocol/limits.hpp"
#include "worker/core/core.hpp"
#include "worker/core/reasons.hpp"

namespace scanyard::worker {

namespace {

/// Answers to a Who that comes more often than this are of no use: the first is on its way.
constexpr Duration hello_again_min{1'000};

}  // namespace

Effects Core::on_connected(TimePoint now) {
  Effects out;
  if (exited_) return out;
  connected_ = true;
  // A new connection may lead to a coordinator with another history: what it says first counts.
  epoch_ = {-1};
  granted_ = {{-1}, -1};
  revoked_early_.clear();
  greet(out, now);
  return out;
}

Effects Core::on_disconnected(TimePoint) {
  connected_ = false;
  link_ = Link::away;
  progress_.clear();
  for (auto& slot : slots_)
    slot.told_want = -1;
  return {};
}

Effects Core::on_message(const protocol::CoordinatorMessage& message, TimePoint now) {
  Effects out;
  // Between connections nothing can arrive; what does belongs to the past.
  if (exited_ || !connected_) return out;
  std::visit([&](const auto& alternative) { take(out, alternative, now); }, message);
  return out;
}

void Core::send(Effects& out, protocol::WorkerMessage message) const {
  if (connected_) out.push_back(Send{std::move(message)});
}

void Core::greet(Effects& out, TimePoint now) {
  link_ = Link::greeting;
  hello_at_ = now;
  protocol::Hello hello;
  hello.worker = info_;
  for (const auto& [token, attempt] : attempts_) {
    if (attempt.phase == Attempt::Phase::stopping) continue;
    hello.running.push_back({attempt.run, token, attempt.slot});
  }
  hello.outbox_records = std::ssize(outbox_);
  hello.walltime_left_s = walltime_left_s_;
  send(out, std::move(hello));
}

void Core::send_heartbeat(Effects& out, TimePoint now) {
  heartbeat_at_ = now + heartbeat_;
  protocol::Heartbeat heartbeat;
  for (const auto& slot : slots_) {
    std::string trouble = slot.trouble;
    if (trouble.empty() && store_blocked_) trouble = reasons::outbox_blocked;
    heartbeat.slots.push_back({slot.info.slot, slot.steps_before + slot.steps,
                               static_cast<std::int32_t>(slot.running.size()), trouble});
  }
  heartbeat.outbox_records = std::ssize(outbox_);
  for (const auto& [token, attempt] : attempts_) {
    if (attempt.phase != Attempt::Phase::stopping) heartbeat.held.push_back(token);
  }
  for (const auto& [key, outgoing] : outbox_) {
    if (std::ssize(heartbeat.held) >= protocol::limits::attempts_max) break;
    heartbeat.held.push_back(key.token);
  }
  send(out, std::move(heartbeat));
  tell_wants(out, true);
}

void Core::flush_progress(Effects& out, TimePoint now) {
  constexpr auto limit = static_cast<std::size_t>(protocol::limits::points_per_message_max);
  for (std::size_t from = 0; from < progress_.size(); from += limit) {
    const auto first = progress_.begin() + static_cast<std::ptrdiff_t>(from);
    const auto count = std::min(limit, progress_.size() - from);
    send(out, protocol::Progress{{first, first + static_cast<std::ptrdiff_t>(count)}});
  }
  progress_.clear();
  progress_at_ = now + config_.progress_interval;
}

void Core::take(Effects& out, const protocol::Welcome& welcome, TimePoint now) {
  if (welcome.epoch < epoch_) return;  // of a coordinator that has been replaced since
  const bool news = link_ != Link::welcomed || welcome.epoch != epoch_;
  epoch_ = welcome.epoch;
  heartbeat_ = welcome.heartbeat;
  link_ = Link::welcomed;
  if (news) {
    out.push_back(Note{Note::Level::info,
                       "worker.welcomed",
                       {{"epoch", std::to_string(epoch_.value)},
                        {"adopted", std::to_string(welcome.adopted.size())},
                        {"dropped", std::to_string(welcome.dropped.size())}}});
  }
  for (const auto& token : welcome.dropped)
    drop_attempt(out, token);
  // Results before credit: what is done must not be granted again.
  for (auto& [key, outgoing] : outbox_) {
    if (outgoing.phase == Outgoing::Phase::sent) outgoing.phase = Outgoing::Phase::ready;
    outgoing.sent_at = {};
  }
  flush_results(out, now);
  for (auto& slot : slots_) {
    pump(out, slot, now);
    slot.told_want = -1;
  }
  send_heartbeat(out, now);
}

void Core::take(Effects& out, const protocol::Drain& drain, TimePoint now) {
  if (draining_) return;
  draining_ = true;
  out.push_back(Note{Note::Level::info, "worker.draining", {{"reason", drain.reason}}});
  for (auto& slot : slots_)
    release_waiting(out, slot, reasons::drain);
  tell_wants(out, false);
  leave_when_done(out, now);
}

void Core::take(Effects& out, const protocol::Refuse& refuse, TimePoint now) {
  const bool worker_itself = refuse.sequence == 0;
  if (worker_itself) {
    link_ = Link::refused;
    hello_at_ = now;
    for (auto& slot : slots_)
      slot.told_want = -1;
  }
  if (!refusals_said_.insert(refuse.code).second) return;
  out.push_back(Note{Note::Level::error,
                     worker_itself ? "worker.refused" : "message.refused",
                     {{"code", refuse.code}, {"message", refuse.message}}});
}

void Core::take(Effects& out, const protocol::Who& who, TimePoint now) {
  if (who.epoch < epoch_) return;
  const bool just_said = link_ == Link::greeting && now - hello_at_ < hello_again_min;
  if (!just_said && link_ != Link::refused) greet(out, now);
}

}  // namespace scanyard::worker
