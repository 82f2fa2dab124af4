//! Leases: granted, revoked, given back; packs to trainers; credit.
#include <algorithm>

#include "common/assert.hpp"
#include "worker/core/core.hpp"
#include "worker/core/reasons.hpp"

namespace scanyard::worker {

namespace {

constexpr std::size_t refused_tokens_max = 4096;

}  // namespace

bool Core::is_stale(const Token& token) const {
  return token <= granted_ || revoked_early_.contains(token);
}

void Core::add_attempt(Attempt attempt) {
  const Token token = attempt.token;
  live_[attempt.run] = token;
  attempts_[token] = std::move(attempt);
}

/// Forgets the attempt; the caller takes it out of its slot's list.
void Core::remove_attempt(const Token& token) {
  const auto attempt = attempts_.find(token);
  SCANYARD_ASSERT(attempt != attempts_.end(), "an attempt is removed once");
  const auto live = live_.find(attempt->second.run);
  if (live != live_.end() && live->second == token) live_.erase(live);
  attempts_.erase(attempt);
}

/// The coordinator thought the run lost and leased it to us again: the training goes on under the
/// new token, because its result will be the same.
bool Core::take_over(const RunId& run, const Token& token) {
  const auto held = live_.find(run);
  if (held == live_.end()) return false;
  const Token old = held->second;
  Attempt attempt = std::move(attempts_.at(old));
  remove_attempt(old);
  Slot* slot = find_slot(attempt.slot);
  for (auto* list : {&slot->waiting, &slot->running}) {
    std::replace(list->begin(), list->end(), old, token);
  }
  attempt.token = token;
  add_attempt(std::move(attempt));
  return true;
}

void Core::take(Effects& out, const protocol::Grant& grant, TimePoint now) {
  Slot* slot = find_slot(grant.slot);
  std::vector<protocol::Release::Item> back;
  const char* reason = slot == nullptr          ? reasons::unknown_slot
                       : leaving_ || draining_  ? reasons::drain
                       : !slot->trouble.empty() ? reasons::no_trainer
                                                : nullptr;
  Token highest = granted_;
  for (const auto& replica : grant.replicas) {
    if (is_stale(replica.token)) continue;
    highest = std::max(highest, replica.token);
    if (take_over(replica.run, replica.token)) continue;
    const char* why = reason;
    if (why == nullptr && std::ssize(slot->waiting) >= slot->info.max_replicas) {
      why = reasons::slot_full;
    }
    if (why != nullptr) {
      reason = why;
      back.push_back({replica.run, replica.token});
      continue;
    }
    Attempt attempt;
    attempt.run = replica.run;
    attempt.token = replica.token;
    attempt.slot = grant.slot;
    attempt.shape_json = grant.shape_json;
    attempt.values_json = replica.values_json;
    add_attempt(std::move(attempt));
    slot->waiting.push_back(replica.token);
  }
  granted_ = highest;
  revoked_early_.erase(revoked_early_.begin(), revoked_early_.upper_bound(granted_));
  if (!back.empty()) release(out, std::move(back), reason);
  if (slot == nullptr) return;
  slot->told_want = -1;  // the grant used the credit up
  pump(out, *slot, now);
  tell_wants(out, false);
}

void Core::take(Effects& out, const protocol::Revoke& revoke, TimePoint now) {
  for (const auto& token : revoke.tokens)
    drop_attempt(out, token);
  for (auto& slot : slots_)
    pump(out, slot, now);
  tell_wants(out, false);
  leave_when_done(out, now);
}

void Core::release(Effects& out, std::vector<protocol::Release::Item> items,
                   const char* reason) const {
  out.push_back(Note{Note::Level::info,
                     "runs.given_back",
                     {{"runs", std::to_string(items.size())}, {"reason", reason}}});
  if (link_ == Link::welcomed) send(out, protocol::Release{std::move(items), reason});
}

void Core::release_waiting(Effects& out, Slot& slot, const char* reason) {
  if (slot.waiting.empty()) return;
  std::vector<protocol::Release::Item> items;
  for (const auto& token : slot.waiting) {
    items.push_back({attempts_.at(token).run, token});
    remove_attempt(token);
  }
  slot.waiting.clear();
  release(out, std::move(items), reason);
}

/// The attempt's result is not wanted any more.
void Core::drop_attempt(Effects& out, const Token& token) {
  const auto found = attempts_.find(token);
  if (found == attempts_.end()) {
    // Its Grant may still be on the way: it is not to be begun.
    if (token > granted_ && revoked_early_.size() < refused_tokens_max) {
      revoked_early_.insert(token);
    }
    return;
  }
  Attempt& attempt = found->second;
  if (attempt.phase == Attempt::Phase::stopping) return;
  Slot* slot = find_slot(attempt.slot);
  if (attempt.phase == Attempt::Phase::waiting) {
    std::erase(slot->waiting, token);
    remove_attempt(token);
    return;
  }
  attempt.phase = Attempt::Phase::stopping;
  live_.erase(attempt.run);
  slot->unsaved.erase(attempt.run);
  out.push_back(TellTrainer{slot->info.slot, slot->instance, trainer_lines::Stop{{attempt.run}}});
}

void Core::pump(Effects& out, Slot& slot, TimePoint now) {
  if (leaving_ || slot.waiting.empty()) return;
  if (slot.trainer == Slot::Trainer::idle) {
    start_pack(out, slot, now);
  } else if (slot.trainer == Slot::Trainer::training) {
    extend_pack(out, slot, now);
  }
}

void Core::start_pack(Effects& out, Slot& slot, TimePoint now) {
  SCANYARD_ASSERT(slot.running.empty(), "an idle trainer runs nothing");
  slot.trainer = Slot::Trainer::training;
  slot.since = slot.moved = now;
  slot.stepped = false;
  slot.checkpoint_at = now + config_.checkpoint_interval;
  slot.shape_json = attempts_.at(slot.waiting.front()).shape_json;
  const auto room = static_cast<std::size_t>(slot.info.max_replicas);
  auto replicas = move_to_running(slot, room, false, now);
  out.push_back(Note{Note::Level::info,
                     "pack.started",
                     {{"slot", std::to_string(slot.info.slot.value)},
                      {"replicas", std::to_string(replicas.size())},
                      {"shape", slot.shape_json}}});
  out.push_back(TellTrainer{slot.info.slot, slot.instance,
                            trainer_lines::Start{slot.shape_json, std::move(replicas)}});
}

void Core::extend_pack(Effects& out, Slot& slot, TimePoint now) {
  const auto most = static_cast<std::size_t>(slot.info.max_replicas);
  if (slot.leaving || slot.running.size() >= most) return;
  auto replicas = move_to_running(slot, most - slot.running.size(), true, now);
  if (replicas.empty()) return;
  out.push_back(Note{Note::Level::info,
                     "pack.extended",
                     {{"slot", std::to_string(slot.info.slot.value)},
                      {"replicas", std::to_string(replicas.size())}}});
  out.push_back(
      TellTrainer{slot.info.slot, slot.instance, trainer_lines::Add{std::move(replicas)}});
}

/// Takes waiting attempts of the slot's shape, at most `room` of them, and describes them for the
/// trainer. A run that the trainer is still stopping waits until that is done.
std::vector<trainer_lines::Replica> Core::move_to_running(Slot& slot, std::size_t room,
                                                          bool joining, TimePoint now) {
  std::vector<trainer_lines::Replica> replicas;
  std::vector<Token> stay;
  for (const auto& token : slot.waiting) {
    Attempt& attempt = attempts_.at(token);
    const bool fits = replicas.size() < room && attempt.shape_json == slot.shape_json &&
                      !std::any_of(slot.running.begin(), slot.running.end(), [&](const Token& t) {
                        return attempts_.at(t).run == attempt.run;
                      });
    if (!fits) {
      stay.push_back(token);
      continue;
    }
    attempt.phase = Attempt::Phase::training;
    attempt.started = now;
    attempt.joining = joining;
    slot.running.push_back(token);
    replicas.push_back({attempt.run, attempt.values_json, {}});
  }
  slot.waiting = std::move(stay);
  return replicas;
}

std::int32_t Core::want_of(const Slot& slot, bool& same_shape_only) const {
  same_shape_only = slot.trainer == Slot::Trainer::training;
  const bool closed = leaving_ || draining_ || store_blocked_ || slot.leaving ||
                      !slot.trouble.empty() || !slot.waiting.empty();
  if (closed) return 0;
  if (slot.trainer == Slot::Trainer::idle) return slot.info.max_replicas;
  if (slot.trainer != Slot::Trainer::training) return 0;
  // Small gaps are not worth a message: a pack is filled up when a quarter of it is free.
  const auto room = slot.info.max_replicas - static_cast<std::int32_t>(slot.running.size());
  return 4 * room >= slot.info.max_replicas && room > 0 ? room : 0;
}

void Core::tell_wants(Effects& out, bool again) {
  if (link_ != Link::welcomed) return;
  for (auto& slot : slots_) {
    bool same_shape_only = false;
    const std::int32_t want = want_of(slot, same_shape_only);
    const bool known =
        slot.told_want == want && (want == 0 || slot.told_same_shape == same_shape_only);
    if (known && !(again && want > 0)) continue;
    slot.told_want = want;
    slot.told_same_shape = same_shape_only;
    send(out, protocol::Want{slot.info.slot, want, same_shape_only});
  }
}

}  // namespace scanyard::worker
