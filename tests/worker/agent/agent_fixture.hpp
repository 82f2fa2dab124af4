//! An agent with fake trainers in the test's own process, against a scripted coordinator.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <optional>
#include <string>

#include "tests/support/temporary_folder.hpp"
#include "tests/worker/agent/scripted_coordinator.hpp"
#include "worker/agent/agent.hpp"
#include "worker/agent/log.hpp"

namespace scanyard::worker::testing {

inline std::string fake_trainer() {
  return SCANYARD_BIN_DIR "/fake_trainer";
}

struct AgentFixture {
  AgentFixture() {
    set_up_log("off");
    config.state_dir = (folder.path() / "state").string();
    config.train_program = fake_trainer();
    config.max_replicas = 4;
    config.threads = 1;
    config.shutdown_deadline = {15'000};
  }
  ~AgentFixture() { stop(); }

  void start(const net::KeyPair& key = net::testing::TestServer::worker) {
    exited.reset();
    AgentOptions options;
    options.config = config;
    options.identity = {coordinator.endpoint(), net::testing::TestServer::key.public_key, key};
    options.host = "testhost";
    options.build = "test";
    options.slots = cpu_slots(config);
    options.core = core_config(config);
    options.core.restart_first = {20};
    options.core.store_retry = {200};
    options.core.resend = {1'000};
    options.core.progress_interval = {50};
    agent = std::make_unique<Agent>(io, options, [this](const std::string& why) { exited = why; });
    const auto started = agent->start();
    if (!started) throw std::runtime_error(started.error().to_string());
  }
  void stop() { agent.reset(); }

  bool until(const std::function<bool()>& done) { return run_until(io, done); }
  bool until_result(const std::string& name) {
    return until([&] { return coordinator.has_result(name); });
  }

  scanyard::testing::TemporaryFolder folder;
  boost::asio::io_context io;
  ScriptedCoordinator coordinator{io};
  AgentConfig config;
  std::unique_ptr<Agent> agent;
  std::optional<std::string> exited;
};

}  // namespace scanyard::worker::testing
