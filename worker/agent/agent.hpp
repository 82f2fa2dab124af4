//! The shell around the worker's core: sockets, trainers, the outbox, timers and signals.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/error.hpp"
#include "common/records.hpp"
#include "worker/agent/config.hpp"
#include "worker/agent/devices.hpp"
#include "worker/core/config.hpp"

namespace boost::asio {
class io_context;
}

namespace scanyard::worker {

struct AgentOptions {
  AgentConfig config;  ///< checked, with state_dir and train_program filled in
  Identity identity;
  std::string host;
  std::string build;  ///< version and commit
  std::vector<SlotInfo> slots;
  CoreConfig core;  ///< core_config(config), unless a test is in a hurry
};

/// What of the config the core is told.
CoreConfig core_config(const AgentConfig& config);

/// The options' slots from the config and this machine: CPU threads and memory divided evenly.
std::vector<SlotInfo> cpu_slots(const AgentConfig& config);
/// `config.slots` trainers on each of these GPUs, which share its memory.
std::vector<SlotInfo> gpu_slots(const AgentConfig& config, const std::vector<GpuDevice>& gpus);

/// One worker. Lives on one io_context thread, from start() until `on_exit`. The program's main
/// owns it and runs the io_context; use worker/core for anything that needs no process or socket.
class Agent {
 public:
  Agent(boost::asio::io_context& io, AgentOptions options,
        std::function<void(const std::string& reason)> on_exit);
  ~Agent();

  /// Claims a state folder, opens the outbox, starts trainers and begins to connect.
  /// Errors: worker.state_folder, worker.outbox_*, net.*.
  Result<void> start();

  /// Leave in good order before the configured deadline; a second call leaves at once.
  void shut_down(const std::string& reason);

  /// Ends trainers and threads without a word. Idempotent; the destructor calls it.
  void stop();

  /// Of the state folder that was claimed.
  const std::string& name() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace scanyard::worker
