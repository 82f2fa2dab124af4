//! The program scanyard-worker itself: flags, signals, kill -9.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/net/join_file.hpp"
#include "tests/worker/agent/agent_fixture.hpp"
#include "tests/worker/agent/outbox_reports.hpp"
#include "worker/agent/child_process.hpp"

namespace scanyard::worker {
namespace {

using namespace testing;

/// The program with its output in a file, started against the fixture's coordinator.
struct Program {
  Program(AgentFixture& f, std::vector<std::string> arguments) : fixture(f) {
    const auto join = f.folder.path() / "w.join";
    if (!std::filesystem::exists(join)) {
      const net::JoinFile file{f.coordinator.endpoint(), net::testing::TestServer::key.public_key,
                               "node1", net::Role::worker, net::testing::TestServer::worker};
      if (!net::write_join_file(join, file)) throw std::runtime_error("no join file");
    }
    std::vector<std::string> all = {
        "--join",          join.string(),  "--state-dir", f.config.state_dir,
        "--train-program", fake_trainer(), "--threads",   "1"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    TrainerExit failure;
    if (!start_child({SCANYARD_BIN_DIR "/scanyard-worker", all, {}}, child, failure)) {
      throw std::runtime_error(failure.detail);
    }
  }
  ~Program() {
    if (!ended) {
      ::kill(child.pid, SIGKILL);
      ::waitpid(child.pid, nullptr, 0);
    }
    for (const int fd : {child.process, child.in, child.out, child.err})
      ::close(fd);
  }
  /// Waits for its end while the coordinator goes on answering.
  int exit_code() {
    int status = 0;
    const auto gone = [&] {
      read_log();
      return ended || (ended = ::waitpid(child.pid, &status, WNOHANG) == child.pid);
    };
    if (!run_until(fixture.io, gone)) return -1;
    read_log();
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  void read_log() {
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(child.err, buffer, sizeof buffer)) > 0;) {
      log.append(buffer, static_cast<std::size_t>(got));
    }
  }
  std::size_t count(const std::string& part) {
    read_log();
    std::size_t found = 0;
    for (auto at = log.find(part); at != std::string::npos; at = log.find(part, at + 1))
      ++found;
    return found;
  }

  AgentFixture& fixture;
  Child child;
  std::string log;
  bool ended = false;
};

TEST_CASE("the program works, and leaves in good order at SIGTERM and at SIGINT") {
  for (const int number : {SIGTERM, SIGINT}) {
    AgentFixture f;
    f.coordinator.add({"a"});
    f.coordinator.add({"b", R"({"epochs":100000})", R"({"m":9})"});
    Program program(f, {});
    REQUIRE(f.until_result("a"));
    REQUIRE(f.until([&] {
      return f.coordinator.granted.contains(run_named("b")) && f.coordinator.points.size() > 6;
    }));
    ::kill(program.child.pid, number);
    CHECK(program.exit_code() == 0);
    REQUIRE(f.until([&] { return !f.coordinator.byes.empty(); }));
    CHECK(f.coordinator.result("b").end == AttemptEnd::released);
    CHECK(program.count("worker.start") == 1);
    CHECK(program.count("worker.left") == 1);
  }
}

TEST_CASE("a second signal ends the program at once") {
  AgentFixture f;
  f.coordinator.add({"a", R"({"epochs":5,"fake":"hang@1"})"});
  Program program(f, {"--shutdown-deadline", "600"});
  REQUIRE(f.until([&] { return !f.coordinator.points.empty(); }));
  ::kill(program.child.pid, SIGTERM);
  REQUIRE(f.until([&] { return program.count("worker.leaving") == 1; }));
  ::kill(program.child.pid, SIGTERM);
  CHECK(program.exit_code() == 3);
}

TEST_CASE("kill -9 of the worker loses no result that its outbox held") {
  AgentFixture f;
  f.coordinator.acknowledge = false;
  for (int i = 0; i < 4; ++i)
    f.coordinator.add({"run " + std::to_string(i)});
  {
    Program program(f, {});
    REQUIRE(f.until([&] { return f.coordinator.reports.size() == 4; }));
    ::kill(program.child.pid, SIGKILL);
    CHECK(program.exit_code() == -SIGKILL);
  }
  f.coordinator.acknowledge = true;
  Program again(f, {});
  for (int i = 0; i < 4; ++i)
    REQUIRE(f.until_result("run " + std::to_string(i)));
  CHECK(f.coordinator.hellos.front().worker.name == f.coordinator.hellos.back().worker.name);
  CHECK(f.coordinator.hellos.front().worker.instance !=
        f.coordinator.hellos.back().worker.instance);
}

TEST_CASE("an unreachable coordinator is said once, and found when it comes") {
  AgentFixture f;
  f.coordinator.stop();
  Program program(f, {});
  REQUIRE(f.until([&] { return program.count("link.unreachable") > 0; }));
  const auto later = std::chrono::steady_clock::now() + std::chrono::milliseconds(1500);
  f.until([&] { return std::chrono::steady_clock::now() > later; });
  CHECK(program.count("link.unreachable") == 1);
  f.coordinator.start_again();
  REQUIRE(f.until([&] { return !f.coordinator.hellos.empty(); }));
  REQUIRE(f.until([&] { return program.count("link.connected") == 1; }));
}

TEST_CASE("the program leaves by itself before its walltime is over") {
  AgentFixture f;
  f.coordinator.add({"a", R"({"epochs":100000})"});
  Program program(f, {"--walltime", "3", "--shutdown-deadline", "2"});
  CHECK(program.exit_code() == 0);
  CHECK(program.count("reason=walltime") >= 1);
  CHECK(f.coordinator.result("a").end == AttemptEnd::released);
}

struct Outcome {
  int code;
  std::string out, err;
};

Outcome run_to_end(std::vector<std::string> arguments) {
  Child child;
  TrainerExit failure;
  REQUIRE(start_child({SCANYARD_BIN_DIR "/scanyard-worker", arguments, {}}, child, failure));
  Outcome outcome;
  boost::asio::io_context io;
  int status = 0;
  const auto read_all = [](int fd, std::string& text) {
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(fd, buffer, sizeof buffer)) > 0;) {
      text.append(buffer, static_cast<std::size_t>(got));
    }
  };
  REQUIRE(run_until(io, [&] {
    read_all(child.out, outcome.out);
    read_all(child.err, outcome.err);
    return ::waitpid(child.pid, &status, WNOHANG) == child.pid;
  }));
  read_all(child.out, outcome.out);
  read_all(child.err, outcome.err);
  for (const int fd : {child.process, child.in, child.out, child.err})
    ::close(fd);
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return outcome;
}

TEST_CASE("help shows an example, and the config in force can be printed") {
  const auto help = run_to_end({"--help"});
  CHECK(help.code == 0);
  CHECK(help.out.find("scanyard-worker --join node1.yaml --slots 2") != std::string::npos);
  const auto printed = run_to_end({"--join", "x.join", "--slots", "2", "--print-config"});
  CHECK(printed.code == 0);
  CHECK(printed.out.find("slots: 2\n") != std::string::npos);
}

TEST_CASE("wrong usage and wrong files are one clear line and the documented exit code") {
  const auto nothing = run_to_end({});
  CHECK(nothing.code == 2);
  CHECK(nothing.err.find("--join FILE") != std::string::npos);
  CHECK(run_to_end({"--slosts", "2"}).code == 2);
  const auto missing = run_to_end({"--join", "/nowhere.join", "--train-program", fake_trainer()});
  CHECK(missing.code == 1);
  CHECK(missing.err.find("/nowhere.join does not exist") != std::string::npos);
  CHECK(missing.err.find("net.missing_file") != std::string::npos);
  const auto trainer = run_to_end({"--join", "/nowhere.join", "--train-program", "/nowhere/train"});
  CHECK(trainer.code == 1);
  CHECK(trainer.err.find("the trainer program /nowhere/train does not exist") != std::string::npos);
}

}  // namespace
}  // namespace scanyard::worker
