//! A core with a clock that the test moves and effects that it can ask for. Checks the core's
//! invariants after every event.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <string>
#include <vector>

#include "common/hash.hpp"
#include "worker/core/core.hpp"
#include "worker/core/reasons.hpp"

namespace scanyard::worker::testing {

inline RunId run_named(const std::string& name) {
  return Hasher().update(name).finish();
}
inline Token token(std::int64_t number, std::int64_t epoch = 1) {
  return {{epoch}, number};
}

inline WorkerInfo worker_info(int slots = 1, std::int32_t max_replicas = 4) {
  WorkerInfo info{"node1-a", "0123", "node1", "test", {}};
  for (int i = 0; i < slots; ++i) {
    info.slots.push_back({{i}, "cpu", "test cpu", 1, 1 << 30, max_replicas});
  }
  return info;
}

inline EpochPoint point(std::int32_t epoch) {
  return {epoch, 10 * epoch, 1.0, 0.5, 0.5, 2.0};
}

inline RunOutcome outcome(bool diverged = false) {
  RunOutcome o;
  o.diverged = diverged;
  o.epochs_done = 2;
  o.at_last = point(2);
  o.device = "cpu";
  return o;
}

struct CoreHarness {
  explicit CoreHarness(WorkerInfo info = worker_info(), CoreConfig config = {},
                       std::vector<AttemptReport> outbox = {})
      : core(config, std::move(info), std::move(outbox)) {
    take(core.on_start(now));
  }

  /// Runs one event and keeps its effects in `last` and `all`.
  void take(Effects effects) {
    if (const auto wrong = core.sanity_check()) FAIL_CHECK("sanity: " << *wrong);
    last = std::move(effects);
    all.insert(all.end(), last.begin(), last.end());
  }
  void tick(Duration passed) {
    now = now + passed;
    take(core.on_tick(now));
  }
  void tell(const protocol::CoordinatorMessage& message) { take(core.on_message(message, now)); }
  void welcome(std::int64_t epoch = 1, std::vector<Token> dropped = {}) {
    tell(protocol::Welcome{{epoch}, {2000}, {30'000}, {}, std::move(dropped)});
  }
  void connect(std::int64_t epoch = 1) {
    take(core.on_connected(now));
    welcome(epoch);
  }
  void event(const trainer_lines::Event& e, std::int64_t slot = 0, std::string tail = {}) {
    take(core.on_trainer_event({slot}, instance(slot), e, now, tail));
  }
  void ready(std::int64_t slot = 0) { event(trainer_lines::Ready{}, slot); }
  void exit(const TrainerExit& e, std::int64_t slot = 0) {
    take(core.on_trainer_exit({slot}, instance(slot), e, now));
  }
  void grant(std::vector<std::pair<std::string, Token>> runs, std::int64_t slot = 0,
             const std::string& shape = R"({"m":2})") {
    protocol::Grant grant{{slot}, shape, {}};
    for (const auto& [name, t] : runs) {
      grant.replicas.push_back({run_named(name), t, R"({"seed":1})"});
    }
    tell(grant);
  }
  void stored() {
    std::vector<ReportKey> keys;
    for (const auto& store : of<Store>())
      keys.push_back({store.report.run, store.report.token});
    take(core.on_stored(keys, now));
  }
  void store_failed() {
    std::vector<ReportKey> keys;
    for (const auto& store : of<Store>())
      keys.push_back({store.report.run, store.report.token});
    take(core.on_store_failed(keys, "No space left on device", now));
  }
  void ack(const std::string& name, Token t) {
    tell(protocol::Ack{{{run_named(name), t, protocol::Acknowledged::Verdict::accepted}}});
  }
  /// Connected, welcomed, trainer ready, and these runs in training.
  void train(std::vector<std::pair<std::string, Token>> runs) {
    connect();
    ready();
    grant(std::move(runs));
    event(trainer_lines::Started{static_cast<std::int32_t>(of<TellTrainer>().size())});
  }

  std::int64_t instance(std::int64_t slot) const {
    return core.slots()[static_cast<std::size_t>(slot)].instance;
  }
  const Slot& slot(std::size_t i = 0) const { return core.slots()[i]; }

  /// Effects of one kind among those of the last event.
  template <class T>
  std::vector<T> of() const {
    std::vector<T> found;
    for (const auto& effect : last) {
      if (const auto* one = std::get_if<T>(&effect)) found.push_back(*one);
    }
    return found;
  }
  /// Messages of one kind among those that the last event sent.
  template <class T>
  std::vector<T> sent() const {
    std::vector<T> found;
    for (const auto& send : of<Send>()) {
      if (const auto* one = std::get_if<T>(&send.message)) found.push_back(*one);
    }
    return found;
  }
  /// Commands of one kind among those that the last event gave to trainers.
  template <class T>
  std::vector<T> told() const {
    std::vector<T> found;
    for (const auto& tell : of<TellTrainer>()) {
      if (const auto* one = std::get_if<T>(&tell.command)) found.push_back(*one);
    }
    return found;
  }
  bool noted(const std::string& event) const {
    for (const auto& note : of<Note>()) {
      if (note.event == event) return true;
    }
    return false;
  }

  TimePoint now{1'000'000};
  Core core;
  Effects last;
  Effects all;
};

}  // namespace scanyard::worker::testing
