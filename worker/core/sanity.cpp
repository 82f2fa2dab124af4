//! Re-derives every cross-reference of the core's state. Tests and the simulation call it after
//! every event.
#include <algorithm>
#include <map>

#include "worker/core/core.hpp"

namespace scanyard::worker {
namespace {

bool may_run(Slot::Trainer trainer) {
  return trainer == Slot::Trainer::training || trainer == Slot::Trainer::quitting ||
         trainer == Slot::Trainer::killed;
}

/// What is wrong with one slot's lists, counting each attempt that they name.
std::optional<std::string> check_slot(const Slot& slot, const std::map<Token, Attempt>& attempts,
                                      std::map<Token, int>& named) {
  const std::string name = "slot " + std::to_string(slot.info.slot.value);
  for (const auto* list : {&slot.waiting, &slot.running}) {
    const auto most = (list == &slot.running ? 1 : 2) * std::int64_t{slot.info.max_replicas};
    if (std::ssize(*list) > most) return name + " holds more than it may";
    for (const auto& token : *list) {
      const auto found = attempts.find(token);
      if (found == attempts.end()) return name + " names the unknown attempt " + token.to_string();
      ++named[token];
      const bool waits = found->second.phase == Attempt::Phase::waiting;
      if (waits != (list == &slot.waiting)) return token.to_string() + " is in the wrong list";
      if (found->second.slot != slot.info.slot) return token.to_string() + " is in the wrong slot";
    }
  }
  if (!slot.running.empty() && !may_run(slot.trainer)) return name + " runs without a trainer";
  if (slot.trainer != Slot::Trainer::absent && slot.instance == 0) return name + " has no instance";
  if (!slot.unsaved.empty() && !slot.leaving) return name + " awaits checkpoints without leaving";
  for (const auto& token : slot.running) {
    if (attempts.at(token).shape_json != slot.shape_json) return name + " mixes shapes";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> Core::sanity_check() const {
  std::map<Token, int> named;
  for (const auto& slot : slots_) {
    if (auto wrong = check_slot(slot, attempts_, named)) return wrong;
    const bool must_start = slot.trainer == Slot::Trainer::absent && !leaving_ && slot.instance > 0;
    if (must_start && slot.start_at.ms == 0) return "a slot without a trainer will get none";
    if (leaving_ && !slot.waiting.empty()) return "a leaving worker keeps waiting runs";
  }
  std::set<RunId> runs;
  for (const auto& [token, attempt] : attempts_) {
    if (token != attempt.token) return token.to_string() + " is filed under another token";
    if (named[token] != 1) return token.to_string() + " is not in exactly one list";
    if (outbox_.contains({attempt.run, token})) return token.to_string() + " is in the outbox too";
    if (attempt.phase != Attempt::Phase::stopping) {
      if (!runs.insert(attempt.run).second) return attempt.run.hex() + " is held twice";
      const auto live = live_.find(attempt.run);
      if (live == live_.end() || live->second != token)
        return token.to_string() + " is not indexed";
    }
    const auto by_epoch = [](const EpochPoint& a, const EpochPoint& b) {
      return a.epoch < b.epoch;
    };
    if (!std::is_sorted(attempt.curve.begin(), attempt.curve.end(), by_epoch)) {
      return token.to_string() + " has a curve out of order";
    }
  }
  if (live_.size() != runs.size()) return "the index of runs names attempts that are gone";
  for (const auto& [key, outgoing] : outbox_) {
    if (key != ReportKey{outgoing.report.run, outgoing.report.token}) {
      return key.token.to_string() + " is filed wrongly in the outbox";
    }
    if (outgoing.phase == Outgoing::Phase::unstored && !store_blocked_) {
      return key.token.to_string() + " is not stored, and nobody tries";
    }
  }
  if (!connected_ && link_ != Link::away) return "a link without a connection";
  if (exited_ && !leaving_) return "an exit without leaving";
  return std::nullopt;
}

}  // namespace scanyard::worker
