//! The way out: checkpoints, give back, results, bye.
#include <algorithm>

#include "worker/core/core.hpp"
#include "worker/core/reasons.hpp"

namespace scanyard::worker {

Effects Core::on_shutdown(const std::string& reason, TimePoint deadline, TimePoint now) {
  Effects out;
  if (exited_) return out;
  if (leaving_) {
    for (auto& slot : slots_)
      kill_trainer(out, slot, "", "", now);
    exited_ = true;
    out.push_back(Exit{reason});
    return out;
  }
  begin_to_leave(out, reason, deadline, now);
  leave_when_done(out, now);
  return out;
}

void Core::begin_to_leave(Effects& out, const std::string& reason, TimePoint deadline,
                          TimePoint now) {
  leaving_ = true;
  leave_reason_ = reason;
  leave_deadline_ = deadline;
  out.push_back(Note{Note::Level::info,
                     "worker.leaving",
                     {{"reason", reason}, {"running", std::to_string(attempts_.size())}}});
  for (auto& slot : slots_) {
    release_waiting(out, slot, reasons::shutdown);
    leave_slot(out, slot, now);
  }
  tell_wants(out, false);
}

void Core::leave_slot(Effects& out, Slot& slot, TimePoint now) {
  switch (slot.trainer) {
    case Slot::Trainer::training:
      slot.leaving = true;
      for (const auto& token : slot.running) {
        const Attempt& attempt = attempts_.at(token);
        if (attempt.phase == Attempt::Phase::training) slot.unsaved.insert(attempt.run);
      }
      if (slot.unsaved.empty()) return saved_or_ended(out, slot, {}, now);
      out.push_back(TellTrainer{slot.info.slot, slot.instance, trainer_lines::Checkpoint{}});
      return;
    case Slot::Trainer::idle:
      slot.leaving = true;
      slot.trainer = Slot::Trainer::quitting;
      slot.since = now;
      out.push_back(TellTrainer{slot.info.slot, slot.instance, trainer_lines::Quit{}});
      return;
    case Slot::Trainer::starting:
      return kill_trainer(out, slot, "", "", now);
    case Slot::Trainer::absent:
    case Slot::Trainer::quitting:
    case Slot::Trainer::killed:
      return;
  }
}

/// A run of a slot that is to be left has its checkpoint, or has ended: after the last of them the
/// trainer may go.
void Core::saved_or_ended(Effects& out, Slot& slot, const RunId& run, TimePoint now) {
  slot.unsaved.erase(run);
  const bool may_quit =
      slot.leaving && slot.unsaved.empty() && slot.trainer == Slot::Trainer::training;
  if (!may_quit) return;
  slot.trainer = Slot::Trainer::quitting;
  slot.since = now;
  out.push_back(TellTrainer{slot.info.slot, slot.instance, trainer_lines::Quit{}});
}

void Core::leave_when_done(Effects& out, TimePoint now) {
  if (exited_) return;
  if (draining_ && !leaving_ && attempts_.empty() && outbox_.empty()) {
    begin_to_leave(out, "drained", now + config_.quit_deadline, now);
  }
  if (!leaving_) return;
  const bool hurry = now + config_.shutdown_reserve >= leave_deadline_;
  bool trainers_gone = true;
  for (auto& slot : slots_) {
    if (hurry) kill_trainer(out, slot, "", "", now);
    trainers_gone = trainers_gone && slot.trainer == Slot::Trainer::absent;
  }
  const bool stored = std::none_of(outbox_.begin(), outbox_.end(), [](const auto& entry) {
    return entry.second.phase == Outgoing::Phase::storing ||
           entry.second.phase == Outgoing::Phase::unstored;
  });
  const bool delivered = outbox_.empty() || link_ != Link::welcomed;
  const bool over = now >= leave_deadline_;
  if (!over && !(trainers_gone && stored && delivered)) return;
  if (link_ == Link::welcomed) send(out, protocol::Bye{leave_reason_});
  out.push_back(Note{Note::Level::info,
                     "worker.left",
                     {{"reason", leave_reason_}, {"undelivered", std::to_string(outbox_.size())}}});
  exited_ = true;
  out.push_back(Exit{leave_reason_});
}

}  // namespace scanyard::worker
