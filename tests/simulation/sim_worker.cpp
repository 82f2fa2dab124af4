#include "tests/simulation/sim_worker.hpp"

#include <fmt/format.h>

namespace scanyard::simulation {
namespace {

constexpr std::int64_t store_max_ms = 40;
constexpr std::int64_t leave_ms = 20'000;

worker::CoreConfig config() {
  worker::CoreConfig config;
  config.refused_retry = Duration{10'000};
  config.ready_deadline = Duration{20'000};
  config.first_step_deadline = Duration{30'000};
  config.step_deadline = Duration{20'000};
  config.checkpoint_interval = Duration{15'000};
  return config;
}

}  // namespace

SimWorker::SimWorker(World& world, int number, Send send)
    : world_(world), number_(number), send_(std::move(send)), name_(fmt::format("w{}", number)) {
  info_.name = name_;
  info_.host = "sim";
  info_.build = "sim";
  const auto slots = world.rng.between(1, 3);
  for (std::int64_t i = 0; i < slots; ++i) {
    info_.slots.push_back({SlotId{i}, "cpu", "virtual", 1, world.rng.between(1, 8) * 1'000'000,
                           static_cast<std::int32_t>(world.rng.between(1, 6))});
  }
  // One slot that takes everything, so that no run can wait for ever.
  if (number == 0) info_.slots[0].memory_bytes = 1'000'000'000;
}

void SimWorker::retire() {
  crash();
  disk_.clear();
  retired_ = true;
}

void SimWorker::start() {
  if (core_ || retired_) return;
  ++process_;
  exiting_ = false;
  instance_ = fmt::format("{}-{}", name_, process_);
  info_.instance = instance_;
  std::vector<AttemptReport> outbox;
  for (const auto& [key, report] : disk_)
    outbox.push_back(report);
  world_.tell(fmt::format("{} starts with {} reports in its outbox", instance_, outbox.size()));
  core_.emplace(config(), info_, std::move(outbox));
  take(core_->on_start(world_.agenda.now()));
}

void SimWorker::crash() {
  if (!core_) return;
  world_.tell(fmt::format("{} crashes", instance_));
  end_process();
}

void SimWorker::end_process() {
  core_.reset();
  for (auto& [slot, child] : trainers_)
    child.process->vanish();
  trainers_.clear();
}

void SimWorker::leave() {
  if (!core_) return;
  world_.tell(fmt::format("{} is asked to leave", instance_));
  const TimePoint now = world_.agenda.now();
  take(core_->on_shutdown("SIGTERM", now + Duration{leave_ms}, now));
}

FakeTrainer* SimWorker::some_trainer() {
  if (trainers_.empty()) return nullptr;
  auto at = trainers_.begin();
  std::advance(at, world_.rng.between(0, static_cast<std::int64_t>(trainers_.size()) - 1));
  return at->second.process->alive() ? at->second.process.get() : nullptr;
}

void SimWorker::kill_trainer() {
  FakeTrainer* victim = some_trainer();
  if (victim == nullptr) return;
  world_.tell(fmt::format("a trainer of {} is killed", instance_));
  victim->kill();
}

void SimWorker::hang_trainer() {
  FakeTrainer* victim = some_trainer();
  if (victim == nullptr) return;
  world_.tell(fmt::format("a trainer of {} hangs", instance_));
  victim->hang();
}

void SimWorker::connected() {
  if (core_) take(core_->on_connected(world_.agenda.now()));
}

void SimWorker::disconnected() {
  if (core_) take(core_->on_disconnected(world_.agenda.now()));
}

void SimWorker::receive(const protocol::CoordinatorMessage& message) {
  if (core_) take(core_->on_message(message, world_.agenda.now()));
}

void SimWorker::tick() {
  if (core_) take(core_->on_tick(world_.agenda.now()));
}

bool SimWorker::at_rest() const {
  if (retired_) return true;
  return core_ && core_->attempts().empty() && core_->outbox().empty() && disk_.empty();
}

void SimWorker::take(worker::Effects effects) {
  for (const auto& effect : effects)
    carry_out(effect);
  if (exiting_ && core_) {
    world_.tell(fmt::format("{} ends", instance_));
    end_process();
  }
  if (!core_) return;
  if (const auto fault = core_->sanity_check()) world_.witness.note(name_ + "'s sanity: " + *fault);
}

void SimWorker::carry_out(const worker::Effect& effect) {
  if (const auto* send = std::get_if<worker::Send>(&effect)) {
    send_(*this, send->message);
  } else if (const auto* start = std::get_if<worker::StartTrainer>(&effect)) {
    start_trainer(*start);
  } else if (const auto* tell = std::get_if<worker::TellTrainer>(&effect)) {
    if (FakeTrainer* child = trainer(tell->slot, tell->instance)) child->tell(tell->command);
  } else if (const auto* kill = std::get_if<worker::KillTrainer>(&effect)) {
    if (FakeTrainer* child = trainer(kill->slot, kill->instance)) child->kill();
  } else if (const auto* report = std::get_if<worker::Store>(&effect)) {
    store(report->report);
  } else if (const auto* forget = std::get_if<worker::Forget>(&effect)) {
    for (const auto& key : forget->items) {
      const auto found = disk_.find(key);
      if (found == disk_.end()) continue;
      world_.witness.on_forget(found->second);
      disk_.erase(found);
    }
  } else if (std::holds_alternative<worker::Exit>(effect)) {
    exiting_ = true;
  }
}

FakeTrainer* SimWorker::trainer(SlotId slot, std::int64_t instance) {
  const auto found = trainers_.find(slot);
  const bool current = found != trainers_.end() && found->second.instance == instance;
  return current ? found->second.process.get() : nullptr;
}

void SimWorker::start_trainer(const worker::StartTrainer& order) {
  // A trainer's words reach only the process that started it.
  const auto mine = [this, process = process_] { return core_ && process == process_; };
  auto child = std::make_shared<FakeTrainer>(
      world_.agenda, world_.rng, world_.faults.poison,
      [this, mine, order](const trainer_lines::Event& event) {
        // Over a pipe: never from within the call that caused it.
        world_.agenda.after(1, [this, mine, order, event] {
          if (!mine()) return;
          take(core_->on_trainer_event(order.slot, order.instance, event, world_.agenda.now(),
                                       "log"));
        });
      },
      [this, mine, order](const worker::TrainerExit& exit) {
        world_.agenda.after(1, [this, mine, order, exit] {
          if (!mine()) return;
          if (trainer(order.slot, order.instance) != nullptr) trainers_.erase(order.slot);
          take(core_->on_trainer_exit(order.slot, order.instance, exit, world_.agenda.now()));
        });
      });
  trainers_[order.slot] = {order.instance, child};
  child->start();
}

void SimWorker::store(const AttemptReport& report) {
  world_.agenda.after(world_.rng.skewed(1, store_max_ms), [this, report, process = process_] {
    if (!core_ || process != process_) return;  // It died before the write was on disk.
    const worker::ReportKey key{report.run, report.token};
    if (world_.strikes(world_.faults.outbox_fails)) {
      take(core_->on_store_failed({key}, "No space left on device", world_.agenda.now()));
      return;
    }
    disk_[key] = report;
    take(core_->on_stored({key}, world_.agenda.now()));
  });
}

}  // namespace scanyard::simulation
