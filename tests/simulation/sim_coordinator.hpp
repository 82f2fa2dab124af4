//! The coordinator's process in the simulation: its core, its store's thread, its crashes.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "coordinator/core/core.hpp"
#include "tests/simulation/world.hpp"

namespace scanyard::simulation {

class SimCoordinator {
 public:
  /// Sends a message to the worker process with this instance; may lose it.
  using Send = std::function<void(const std::string& instance, protocol::CoordinatorMessage)>;

  SimCoordinator(World& world, core::CoreOptions options, Send send);

  bool up() const { return core_.has_value(); }
  /// Rises with every start: whoever talked to an earlier process is not connected any more.
  int incarnation() const { return incarnation_; }
  void start();
  /// kill -9: what was not committed is gone; a commit that was under way may or may not have
  /// happened.
  void crash();

  void receive(const std::string& instance, protocol::WorkerMessage message);
  void tick();

  // Commands of people. They do nothing while the coordinator is down.
  void submit(SubmitSweep request);
  void retry(SweepId sweep, std::vector<RunState> states);
  void cancel(SweepId sweep);
  void pause(SweepId sweep);
  void resume(SweepId sweep);
  void priority(SweepId sweep, std::int32_t priority);

  const core::Core* core() const { return core_ ? &*core_ : nullptr; }
  /// No write is waiting or under way.
  bool quiet() const { return jobs_.empty() && !working_; }

 private:
  struct Job {
    std::vector<StoreWrite> writes;
    core::WriteId last{0};
    std::optional<SubmitSweep> submission;
    std::optional<RetrySweep> retry;
  };

  void event(const std::function<void(core::Core&, core::Effects&)>& happens);
  void check(const core::ToWorker& send);
  void work();
  void done(Job job);
  /// Applies the job to the durable store; what the store says is handed on unless the process has
  /// ended since.
  void make_durable(const Job& job, bool tell);
  void check_sanity();
  void check_against_store();

  World& world_;
  core::CoreOptions options_;
  Send send_;
  std::optional<core::Core> core_;
  int incarnation_ = 0;
  std::deque<Job> jobs_;
  std::optional<Job> working_;
  std::map<std::string, core::PeerId> peers_;
  std::map<core::PeerId, std::string> instances_;
  std::map<core::PeerId, protocol::Hello> hellos_;  ///< the last one of each, for the witness
  std::int64_t next_peer_ = 1;
  std::int64_t next_request_ = 1;
};

}  // namespace scanyard::simulation
