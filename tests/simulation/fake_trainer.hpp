//! A trainer without mathematics: speaks like scanyard-train, takes virtual time, and fails on
//! command.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "common/trainer_lines/lines.hpp"
#include "tests/simulation/agenda.hpp"
#include "tests/simulation/rng.hpp"
#include "worker/core/events.hpp"

namespace scanyard::simulation {

/// What training a run gives: a pure function of its id, whoever trains it.
struct Nature {
  std::int32_t epochs = 1;
  std::int64_t epoch_ms = 1'000;
  bool diverges = false;
  bool poison = false;  ///< kills its trainer at the first epoch
};
Nature nature_of(const RunId& run, bool with_poison);
RunOutcome outcome_of(const RunId& run);

/// One process. Its words and its end are told through the callbacks, never after it has ended.
class FakeTrainer : public std::enable_shared_from_this<FakeTrainer> {
 public:
  using OnEvent = std::function<void(const trainer_lines::Event&)>;
  using OnExit = std::function<void(const worker::TrainerExit&)>;

  FakeTrainer(Agenda& agenda, Rng& rng, bool poison, OnEvent on_event, OnExit on_exit);

  void start();
  void tell(const trainer_lines::Command& command);
  /// kill -9 from outside: the exit is told a moment later.
  void kill();
  /// It stops saying anything, but does not end.
  void hang() { hung_ = true; }
  /// The worker died: it dies with it, and nobody hears of it.
  void vanish() { alive_ = false; }
  bool alive() const { return alive_; }

 private:
  void train(const RunId& run);
  void epoch_done(const RunId& run, std::int64_t lease);
  void say(const trainer_lines::Event& event);
  void say_idle_when_done();
  void beat();
  void end(worker::TrainerExit exit);

  Agenda& agenda_;
  Rng& rng_;
  bool poison_;
  OnEvent on_event_;
  OnExit on_exit_;
  bool alive_ = true;
  bool hung_ = false;
  bool busy_ = false;
  std::int64_t steps_ = 0;
  std::int64_t next_lease_ = 1;
  struct Running {
    std::int32_t epoch = 0;
    std::int64_t lease = 0;  ///< tells a training from an earlier one of the same run
  };
  std::map<RunId, Running> running_;
};

}  // namespace scanyard::simulation
