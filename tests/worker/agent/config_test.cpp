#include "worker/agent/config.hpp"

#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>

#include "common/net/errc.hpp"
#include "common/net/join_file.hpp"
#include "common/yaml/errc.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/worker/agent/outbox_reports.hpp"
#include "worker/agent/errc.hpp"

namespace scanyard::worker {
namespace {

using namespace testing;

AgentFlags joining() {
  AgentFlags flags;
  flags.join = "node1.yaml";
  return flags;
}

TEST_CASE("flags override the config file, which overrides the defaults") {
  const scanyard::testing::TemporaryFolder folder;
  const auto file = (folder.path() / "worker.yaml").string();
  write_file(file, "join: a.join\nslots: 3\nthreads: 2\nstep_deadline: 2 min\n");
  AgentFlags flags;
  flags.config_file = file;
  flags.threads = 5;
  const auto config = agent_config(flags);
  REQUIRE(config);
  CHECK(config->join == "a.join");
  CHECK(config->slots == 3);
  CHECK(config->threads == 5);
  CHECK(config->step_deadline.ms == 120'000);
  CHECK(config->max_replicas == 32);
}

TEST_CASE("a way to connect on the command line replaces the file's") {
  const scanyard::testing::TemporaryFolder folder;
  const auto file = (folder.path() / "worker.yaml").string();
  write_file(file, "connect: tcp://a:1\nserver_key: s\nkey: k\n");
  AgentFlags flags = joining();
  flags.config_file = file;
  const auto config = agent_config(flags);
  REQUIRE(config);
  CHECK(config->connect.empty());
  CHECK(config->join == "node1.yaml");
}

TEST_CASE("what is printed is a config file that gives the same again") {
  AgentFlags flags = joining();
  flags.slots = 2;
  flags.memory_gb = 1.5;
  flags.step_deadline_s = 90;
  flags.state_dir = "/tmp/a b";
  const auto config = agent_config(flags);
  REQUIRE(config);
  AgentConfig again;
  REQUIRE(read_agent_config(to_yaml(*config), "printed", again));
  CHECK(to_yaml(again) == to_yaml(*config));
}

TEST_CASE("an unknown key in the config file is named with file, line and the nearest key") {
  AgentConfig config;
  const auto read = read_agent_config("join: a\nslosts: 2\n", "w.yaml", config);
  REQUIRE(!read);
  CHECK(read.error().code() == yaml::errc::unknown_key);
  CHECK(read.error().to_string().find("w.yaml:2") != std::string::npos);
  CHECK(read.error().to_string().find("slots") != std::string::npos);
}

TEST_CASE("contradictions and impossible numbers are refused") {
  const auto code = [](const AgentFlags& flags) {
    const auto config = agent_config(flags);
    REQUIRE(!config);
    return config.error().code();
  };
  CHECK(code({}) == errc::bad_config);
  AgentFlags both = joining();
  both.connect = "tcp://a:1";
  CHECK(agent_config(both).error().message().find("--join says everything") != std::string::npos);
  AgentFlags half;
  half.connect = "tcp://a:1";
  CHECK(code(half) == errc::bad_config);
  for (const int slots : {0, -1, 257}) {
    AgentFlags flags = joining();
    flags.slots = slots;
    CHECK(code(flags) == errc::bad_config);
  }
  AgentFlags flags = joining();
  flags.max_replicas = 0;
  CHECK(code(flags) == errc::bad_config);
  flags = joining();
  flags.slots = 256;
  flags.max_replicas = 4096;
  CHECK(code(flags) == errc::bad_config);
  flags = joining();
  flags.walltime_s = 20;
  CHECK(code(flags) == errc::bad_config);
  flags = joining();
  flags.log_level = "inof";
  CHECK(agent_config(flags).error().message().find("'info'") != std::string::npos);
  flags = joining();
  flags.config_file = "/nowhere.yaml";
  CHECK(code(flags) == net::errc::missing_file);
}

TEST_CASE("who the worker is comes from a join file or from three separate ones") {
  const scanyard::testing::TemporaryFolder folder;
  const net::KeyPair server = net::generate_key_pair(), worker = net::generate_key_pair();
  AgentConfig config;
  config.join = (folder.path() / "w.join").string();
  net::JoinFile join{"tcp://a:1", server.public_key, "w", net::Role::worker, worker};
  REQUIRE(net::write_join_file(config.join, join));
  auto identity = read_identity(config);
  REQUIRE(identity);
  CHECK(identity->endpoint == "tcp://a:1");
  CHECK(identity->server_key == server.public_key);
  CHECK(identity->key.secret_key == worker.secret_key);

  AgentConfig separate;
  separate.connect = "tcp://a:1";
  separate.server_key = (folder.path() / "server.pub").string();
  separate.key = (folder.path() / "w.key").string();
  CHECK(read_identity(separate).error().code() == net::errc::missing_file);
  REQUIRE(net::write_public_key(separate.server_key, server.public_key));
  REQUIRE(net::write_key_pair(separate.key, worker));
  identity = read_identity(separate);
  REQUIRE(identity);
  CHECK(identity->key.public_key == worker.public_key);

  config.join = (folder.path() / "c.join").string();
  join.role = net::Role::client;
  REQUIRE(net::write_join_file(config.join, join));
  CHECK(read_identity(config).error().message().find("client's join file") != std::string::npos);
}

TEST_CASE("the trainer is found beside the program, and a wrong one is named") {
  const scanyard::testing::TemporaryFolder folder;
  const auto program = folder.path() / "scanyard-train";
  const auto own = (folder.path() / "scanyard-worker").string();
  write_file(program, "#!/bin/sh\n");
  CHECK(find_train_program(program.string(), own).error().message().find("executable") !=
        std::string::npos);
  REQUIRE(::chmod(program.c_str(), 0755) == 0);
  CHECK(find_train_program("", own).value() == program.string());
  CHECK(find_train_program(program.string(), "/x").value() == program.string());
  const auto missing = find_train_program("/nowhere/train", own);
  CHECK(missing.error().code() == errc::no_trainer);
  CHECK(missing.error().message() == "the trainer program /nowhere/train does not exist");
}

}  // namespace
}  // namespace scanyard::worker
