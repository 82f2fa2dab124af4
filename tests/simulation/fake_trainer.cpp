#include "tests/simulation/fake_trainer.hpp"

#include <vector>

namespace scanyard::simulation {
namespace {

constexpr std::int64_t beat_ms = 1'000;
constexpr std::int64_t ready_max_ms = 3'000;

}  // namespace

Nature nature_of(const RunId& run, bool with_poison) {
  Nature nature;
  nature.epochs = 1 + run.bytes[0] % 4;
  nature.epoch_ms = 200 + 30 * std::int64_t{run.bytes[1]};
  nature.diverges = run.bytes[2] < 26;
  nature.poison = with_poison && run.bytes[3] < 13;
  return nature;
}

RunOutcome outcome_of(const RunId& run) {
  const Nature nature = nature_of(run, false);
  RunOutcome outcome;
  outcome.diverged = nature.diverges;
  outcome.epochs_done = nature.epochs;
  EpochPoint point;
  point.epoch = nature.epochs;
  point.test_accuracy = run.bytes[4] / 255.0;
  point.test_perplexity = 1 + run.bytes[5];
  outcome.at_last = outcome.at_best_accuracy = outcome.at_lowest_perplexity = point;
  return outcome;
}

FakeTrainer::FakeTrainer(Agenda& agenda, Rng& rng, bool poison, OnEvent on_event, OnExit on_exit)
    : agenda_(agenda),
      rng_(rng),
      poison_(poison),
      on_event_(std::move(on_event)),
      on_exit_(std::move(on_exit)) {}

void FakeTrainer::start() {
  agenda_.after(rng_.skewed(10, ready_max_ms), [self = shared_from_this()] {
    self->say(trainer_lines::Ready{});
    self->beat();
  });
}

void FakeTrainer::beat() {
  if (!alive_) return;
  if (busy_) say(trainer_lines::Alive{steps_ += 10});
  agenda_.after(beat_ms, [self = shared_from_this()] { self->beat(); });
}

void FakeTrainer::say(const trainer_lines::Event& event) {
  if (alive_ && !hung_) on_event_(event);
}

void FakeTrainer::tell(const trainer_lines::Command& command) {
  if (!alive_ || hung_) return;
  if (const auto* start = std::get_if<trainer_lines::Start>(&command)) {
    busy_ = true;
    say(trainer_lines::Started{static_cast<std::int32_t>(start->replicas.size())});
    for (const auto& replica : start->replicas)
      train(replica.run);
  } else if (const auto* add = std::get_if<trainer_lines::Add>(&command)) {
    for (const auto& replica : add->replicas) {
      if (busy_) {
        train(replica.run);
      } else {
        say(trainer_lines::Failed{replica.run, "trainer.no_pack", "no pack is running"});
      }
    }
  } else if (const auto* stop = std::get_if<trainer_lines::Stop>(&command)) {
    for (const RunId& run : stop->runs) {
      if (running_.erase(run) > 0) say(trainer_lines::Stopped{run});
    }
    say_idle_when_done();
  } else if (std::holds_alternative<trainer_lines::Checkpoint>(command)) {
    std::vector<RunId> runs;
    for (const auto& [run, unused] : running_)
      runs.push_back(run);
    for (const RunId& run : runs)
      say(trainer_lines::Checkpointed{run, "/checkpoint", 1});
  } else {
    end({});
  }
}

void FakeTrainer::train(const RunId& run) {
  running_[run] = {0, next_lease_++};
  const std::int64_t lease = running_[run].lease;
  agenda_.after(nature_of(run, poison_).epoch_ms,
                [self = shared_from_this(), run, lease] { self->epoch_done(run, lease); });
}

void FakeTrainer::epoch_done(const RunId& run, std::int64_t lease) {
  const auto found = running_.find(run);
  if (!alive_ || hung_ || found == running_.end() || found->second.lease != lease) return;
  const Nature nature = nature_of(run, poison_);
  if (nature.poison)
    return end({worker::TrainerExit::Kind::signal, 11, false, "SIGSEGV", "poison"});
  EpochPoint point;
  point.epoch = ++found->second.epoch;
  point.step = 10 * point.epoch;
  steps_ += 10;
  say(trainer_lines::Epoch{run, point});
  if (point.epoch < nature.epochs) {
    agenda_.after(nature.epoch_ms,
                  [self = shared_from_this(), run, lease] { self->epoch_done(run, lease); });
    return;
  }
  running_.erase(run);
  say(trainer_lines::Finished{run, outcome_of(run)});
  say_idle_when_done();
}

void FakeTrainer::say_idle_when_done() {
  if (!busy_ || !running_.empty()) return;
  busy_ = false;
  say(trainer_lines::Idle{});
}

void FakeTrainer::kill() {
  end({worker::TrainerExit::Kind::signal, 9, false, "SIGKILL", "log"});
}

void FakeTrainer::end(worker::TrainerExit exit) {
  if (!alive_) return;
  alive_ = false;
  agenda_.after(rng_.skewed(0, 50), [self = shared_from_this(), exit] { self->on_exit_(exit); });
}

}  // namespace scanyard::simulation
