//! Trainers: started, watched, heard, and what it means when one ends.
#include <algorithm>

#include "common/assert.hpp"
#include "worker/core/core.hpp"
#include "worker/core/exit_reason.hpp"
#include "worker/core/reasons.hpp"

namespace scanyard::worker {

namespace {

std::string seconds(Duration duration) {
  return std::to_string(duration.ms / 1000) + " s";
}

}  // namespace

void Core::start_trainer(Effects& out, Slot& slot, TimePoint now) {
  SCANYARD_ASSERT(slot.trainer == Slot::Trainer::absent && slot.running.empty(),
                  "a slot has one trainer at a time");
  slot.trainer = Slot::Trainer::starting;
  slot.since = now;
  slot.ready = false;
  ++slot.instance;
  slot.kill_reason.clear();
  slot.kill_message.clear();
  out.push_back(StartTrainer{slot.info.slot, slot.instance});
}

/// An empty reason gives the trainer's runs back instead of reporting them as failed.
void Core::kill_trainer(Effects& out, Slot& slot, const char* reason, const std::string& message,
                        TimePoint now) {
  if (slot.trainer == Slot::Trainer::killed || slot.trainer == Slot::Trainer::absent) return;
  slot.trainer = Slot::Trainer::killed;
  slot.since = now;
  slot.kill_reason = reason;
  slot.kill_message = message;
  if (!slot.kill_reason.empty()) {
    out.push_back(Note{Note::Level::error,
                       "trainer.killed",
                       {{"slot", std::to_string(slot.info.slot.value)},
                        {"reason", reason},
                        {"message", message}}});
  }
  out.push_back(KillTrainer{slot.info.slot, slot.instance});
}

/// Deadlines of every state that a trainer can be in.
void Core::watch(Effects& out, Slot& slot, TimePoint now) {
  const Duration waited = now - slot.since;
  switch (slot.trainer) {
    case Slot::Trainer::absent:
      if (!leaving_ && now >= slot.start_at) start_trainer(out, slot, now);
      return;
    case Slot::Trainer::starting:
      if (waited < config_.ready_deadline) return;
      return kill_trainer(
          out, slot, reasons::not_ready,
          "the trainer did not say that it is ready within " + seconds(config_.ready_deadline),
          now);
    case Slot::Trainer::training: {
      const Duration limit = slot.stepped ? config_.step_deadline : config_.first_step_deadline;
      if (now - slot.moved >= limit) {
        return kill_trainer(out, slot, reasons::hung,
                            "the trainer made no step for " + seconds(limit), now);
      }
      const bool due = config_.checkpoint_interval.ms > 0 && now >= slot.checkpoint_at;
      if (!due || slot.leaving) return;
      slot.checkpoint_at = now + config_.checkpoint_interval;
      out.push_back(TellTrainer{slot.info.slot, slot.instance, trainer_lines::Checkpoint{}});
      return;
    }
    case Slot::Trainer::quitting:
      if (waited >= config_.quit_deadline) kill_trainer(out, slot, "", "", now);
      return;
    case Slot::Trainer::idle:
    case Slot::Trainer::killed:
      return;
  }
}

Attempt* Core::find_running(Slot& slot, const RunId& run) {
  if (const auto live = live_.find(run); live != live_.end()) {
    Attempt& attempt = attempts_.at(live->second);
    const bool here = attempt.slot == slot.info.slot && attempt.phase == Attempt::Phase::training;
    if (here) return &attempt;
  }
  for (const auto& token : slot.running) {
    Attempt& attempt = attempts_.at(token);
    if (attempt.run == run) return &attempt;
  }
  return nullptr;
}

Effects Core::on_trainer_event(SlotId id, std::int64_t instance, const trainer_lines::Event& event,
                               TimePoint now, const std::string& log_tail) {
  Effects out;
  Slot* slot = slot_of_trainer(id, instance);
  if (slot == nullptr || slot->trainer == Slot::Trainer::killed || exited_) return out;
  if (slot->trainer == Slot::Trainer::starting &&
      !std::holds_alternative<trainer_lines::Ready>(event)) {
    kill_trainer(out, *slot, reasons::bad_output, "the trainer spoke before it said ready", now);
    return out;
  }
  std::visit(
      [&](const auto& told) {
        using Told = std::decay_t<decltype(told)>;
        if constexpr (std::is_same_v<Told, trainer_lines::Failed>) {
          take(out, *slot, told, now, log_tail);
        } else if constexpr (std::is_same_v<Told, trainer_lines::Alive>) {
          if (told.steps_done > slot->steps) slot->moved = now;
          slot->stepped = slot->stepped || told.steps_done > slot->steps;
          slot->steps = std::max(slot->steps, told.steps_done);
        } else if constexpr (std::is_same_v<Told, trainer_lines::Started>) {
          slot->moved = now;
        } else if constexpr (std::is_same_v<Told, trainer_lines::Idle>) {
          take_idle(out, *slot, now);
        } else {
          take(out, *slot, told, now);
        }
      },
      event);
  tell_wants(out, false);
  leave_when_done(out, now);
  return out;
}

Effects Core::on_trainer_bad_line(SlotId id, std::int64_t instance, const std::string& what,
                                  TimePoint now) {
  Effects out;
  Slot* slot = slot_of_trainer(id, instance);
  if (slot == nullptr || exited_) return out;
  kill_trainer(out, *slot, reasons::bad_output,
               "a line on the trainer's stdout is no event (only events belong there, everything "
               "else on stderr): " +
                   what,
               now);
  return out;
}

void Core::take(Effects& out, Slot& slot, const trainer_lines::Ready& ready, TimePoint now) {
  if (slot.trainer != Slot::Trainer::starting) {
    return kill_trainer(out, slot, reasons::bad_output, "the trainer said ready twice", now);
  }
  if (ready.version != trainer_lines::version) {
    return kill_trainer(out, slot, reasons::version,
                        "the trainer speaks version " + std::to_string(ready.version) +
                            " of trainer lines, this worker speaks " +
                            std::to_string(trainer_lines::version),
                        now);
  }
  slot.trainer = Slot::Trainer::idle;
  slot.since = slot.moved = now;
  slot.ready = true;
  slot.start_failures = 0;
  slot.trouble.clear();
  out.push_back(Note{Note::Level::info,
                     "trainer.ready",
                     {{"slot", std::to_string(slot.info.slot.value)},
                      {"device", ready.device},
                      {"build", ready.build}}});
  if (leaving_) return leave_slot(out, slot, now);
  pump(out, slot, now);
}

void Core::take(Effects&, Slot& slot, const trainer_lines::Epoch& epoch, TimePoint now) {
  slot.moved = now;
  slot.stepped = true;
  Attempt* attempt = find_running(slot, epoch.run);
  if (attempt == nullptr || attempt->phase == Attempt::Phase::stopping) return;
  attempt->joining = false;
  // A resumed trainer may repeat epochs: each is kept once, in order.
  auto& curve = attempt->curve;
  const auto at = std::lower_bound(
      curve.begin(), curve.end(), epoch.point.epoch,
      [](const EpochPoint& point, std::int32_t number) { return point.epoch < number; });
  if (at != curve.end() && at->epoch == epoch.point.epoch) {
    *at = epoch.point;
  } else {
    curve.insert(at, epoch.point);
  }
  if (link_ != Link::welcomed) return;  // the report repeats it
  if (progress_.empty()) progress_at_ = std::max(progress_at_, now);
  progress_.push_back({attempt->run, attempt->token, epoch.point});
}

void Core::take(Effects& out, Slot& slot, const trainer_lines::Checkpointed& saved, TimePoint now) {
  Attempt* attempt = find_running(slot, saved.run);
  if (attempt != nullptr) attempt->checkpointed = true;
  saved_or_ended(out, slot, saved.run, now);
}

void Core::take(Effects& out, Slot& slot, const trainer_lines::Finished& finished, TimePoint now) {
  slot.moved = now;
  const Attempt* attempt = find_running(slot, finished.run);
  if (attempt == nullptr) return;
  report(out, attempt->token,
         finished.outcome.diverged ? AttemptEnd::diverged : AttemptEnd::finished, {}, {}, {},
         finished.outcome, now);
  saved_or_ended(out, slot, finished.run, now);
}

void Core::take(Effects& out, Slot& slot, const trainer_lines::Failed& failed, TimePoint now,
                const std::string& log_tail) {
  slot.moved = now;
  const Attempt* attempt = find_running(slot, failed.run);
  if (attempt == nullptr || failed.reason == reasons::no_pack) return;
  report_failed(out, attempt->token, failed.reason, failed.message, log_tail, now);
  saved_or_ended(out, slot, failed.run, now);
}

void Core::take(Effects& out, Slot& slot, const trainer_lines::Stopped& stopped, TimePoint now) {
  const Attempt* attempt = find_running(slot, stopped.run);
  if (attempt == nullptr) return;
  if (attempt->phase == Attempt::Phase::stopping) {
    const Token token = attempt->token;
    std::erase(slot.running, token);
    remove_attempt(token);
  } else {
    report_failed(out, attempt->token, reasons::lost_replica,
                  "the trainer stopped the run without being asked", {}, now);
  }
  saved_or_ended(out, slot, stopped.run, now);
}

/// The pack is done. Runs that were added too late for it wait for the next one.
void Core::take_idle(Effects& out, Slot& slot, TimePoint now) {
  if (slot.trainer != Slot::Trainer::training) return;
  std::vector<Token> again;
  for (const auto& token : std::vector<Token>(slot.running)) {
    Attempt& attempt = attempts_.at(token);
    if (attempt.phase == Attempt::Phase::stopping) {
      remove_attempt(token);
    } else if (attempt.joining) {
      attempt.phase = Attempt::Phase::waiting;
      again.push_back(token);
    } else {
      report_failed(out, token, reasons::lost_replica,
                    "the trainer said that it is idle, but not how this run ended", {}, now);
    }
  }
  slot.running.clear();
  slot.waiting.insert(slot.waiting.begin(), again.begin(), again.end());
  slot.trainer = Slot::Trainer::idle;
  slot.since = now;
  slot.unsaved.clear();
  if (leaving_) return leave_slot(out, slot, now);
  pump(out, slot, now);
}

Effects Core::on_trainer_exit(SlotId id, std::int64_t instance, const TrainerExit& exit,
                              TimePoint now) {
  Effects out;
  Slot* slot = slot_of_trainer(id, instance);
  if (slot == nullptr || exited_) return out;

  const bool given_back = slot->trainer == Slot::Trainer::quitting || slot->leaving ||
                          (slot->trainer == Slot::Trainer::killed && slot->kill_reason.empty());
  ExitReason why = exit_reason(exit);
  if (!slot->kill_reason.empty()) why = {slot->kill_reason, slot->kill_message};
  // What fails to start for ever is not worth a line every minute.
  const bool news = slot->ready || slot->start_failures < config_.start_failures_max;
  if (!given_back && news) {
    out.push_back(Note{Note::Level::error,
                       "trainer.ended",
                       {{"slot", std::to_string(id.value)},
                        {"reason", why.code},
                        {"message", why.message},
                        {"runs", std::to_string(slot->running.size())}}});
  }
  for (const auto& token : std::vector<Token>(slot->running)) {
    const Attempt& attempt = attempts_.at(token);
    if (attempt.phase == Attempt::Phase::stopping) {
      remove_attempt(token);
    } else if (given_back) {
      report(out, token, AttemptEnd::released, reasons::shutdown, leave_reason_, {}, {}, now);
    } else {
      report_failed(out, token, why.code, why.message, exit.log_tail, now);
    }
  }
  slot->running.clear();
  slot->unsaved.clear();
  slot->steps_before += slot->steps;
  slot->steps = 0;
  slot->trainer = Slot::Trainer::absent;
  slot->since = now;
  plan_restart(out, *slot, why.code, now);
  tell_wants(out, false);
  leave_when_done(out, now);
  return out;
}

/// Trainers that do not even start are tried more and more seldom; the slot says why, and gives
/// back what waits for it.
void Core::plan_restart(Effects& out, Slot& slot, const std::string& reason, TimePoint now) {
  slot.start_failures = slot.ready ? 0 : slot.start_failures + 1;
  const int doublings = std::clamp(slot.start_failures - 1, 0, 20);
  const Duration pause{std::min(config_.restart_first.ms << doublings, config_.restart_max.ms)};
  slot.start_at = now + pause;
  if (slot.start_failures < config_.start_failures_max) return;
  slot.trouble = reason;
  release_waiting(out, slot, reasons::no_trainer);
}

}  // namespace scanyard::worker
