//! A worker's machine in the simulation: the agent's process with its core, its trainers, and the
//! disk that outlives it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/fake_trainer.hpp"
#include "tests/simulation/world.hpp"
#include "worker/core/core.hpp"

namespace scanyard::simulation {

class SimWorker {
 public:
  using Send = std::function<void(SimWorker& from, protocol::WorkerMessage)>;

  SimWorker(World& world, int number, Send send);

  bool up() const { return core_.has_value(); }
  const std::string& name() const { return name_; }
  /// Of the process that runs now or ran last.
  const std::string& instance() const { return instance_; }

  void start();
  void crash();  ///< kill -9 of the agent; its trainers die with it
  /// The machine is gone for good, with its disk.
  void retire();
  void leave();         ///< SIGTERM
  void kill_trainer();  ///< kill -9 of one of its trainers
  void hang_trainer();
  void connected();
  void disconnected();
  void receive(const protocol::CoordinatorMessage& message);
  void tick();

  /// Nothing is held, nothing waits for delivery.
  bool at_rest() const;
  const worker::Core* core() const { return core_ ? &*core_ : nullptr; }
  std::size_t outbox_on_disk() const { return disk_.size(); }

 private:
  void take(worker::Effects effects);
  void carry_out(const worker::Effect& effect);
  void start_trainer(const worker::StartTrainer& order);
  void store(const AttemptReport& report);
  FakeTrainer* trainer(SlotId slot, std::int64_t instance);
  FakeTrainer* some_trainer();
  void end_process();

  World& world_;
  int number_;
  Send send_;
  std::string name_;
  std::string instance_;
  int process_ = 0;
  bool exiting_ = false;
  bool retired_ = false;
  WorkerInfo info_;
  std::optional<worker::Core> core_;
  std::map<worker::ReportKey, AttemptReport> disk_;
  struct Child {
    std::int64_t instance = 0;
    std::shared_ptr<FakeTrainer> process;
  };
  std::map<SlotId, Child> trainers_;
};

}  // namespace scanyard::simulation
