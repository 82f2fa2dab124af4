//! The network in the simulation: connections that break, and messages that are lost, late, doubled
//! or overtaken.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/protocol/replay_guard.hpp"
#include "tests/simulation/sim_coordinator.hpp"
#include "tests/simulation/sim_worker.hpp"

namespace scanyard::simulation {

/// Connects the workers with the coordinator. Every message goes through the codec, as on the wire.
class Network {
 public:
  explicit Network(World& world) : world_(world) {}
  void attach(SimCoordinator& coordinator, std::vector<std::unique_ptr<SimWorker>>& workers);

  void from_worker(SimWorker& worker, const protocol::WorkerMessage& message);
  void to_worker(const std::string& instance, const protocol::CoordinatorMessage& message);

  /// Cuts a worker off for a while: silently at first, then its socket notices.
  void partition(SimWorker& worker, std::int64_t ms);
  /// Looks at every connection: who can reach the coordinator connects, who cannot loses the
  /// connection after a while.
  void tick();

 private:
  struct Line {
    std::string instance;  ///< of the worker's process that the connection belongs to
    int incarnation = 0;   ///< of the coordinator's process
    bool connected = false;
    TimePoint cut_until;
    TimePoint change_at;  ///< when a change is noticed
    bool changing = false;
  };

  bool reachable(const SimWorker& worker) const;
  void update(SimWorker& worker, Line& line);
  /// Calls `deliver` as often and as late as the faults want.
  void transport(std::function<void()> deliver);

  World& world_;
  SimCoordinator* coordinator_ = nullptr;
  std::vector<std::unique_ptr<SimWorker>>* workers_ = nullptr;
  std::map<const SimWorker*, Line> lines_;
  std::map<std::string, std::uint64_t> sequences_;  ///< by sender's process
  std::unique_ptr<protocol::ReplayGuard> at_coordinator_;
  int guarded_incarnation_ = 0;
  std::map<std::string, std::unique_ptr<protocol::ReplayGuard>> at_workers_;
};

}  // namespace scanyard::simulation
