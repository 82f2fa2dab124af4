//! The whole agent, in this process: real sockets, real child processes, a real outbox file.
#include <sys/resource.h>

#include "tests/worker/agent/agent_fixture.hpp"
#include "worker/core/reasons.hpp"

namespace scanyard::worker {
namespace {

using namespace testing;

TEST_CASE("runs that are granted are trained in packs and their results delivered") {
  AgentFixture f;
  for (int i = 0; i < 10; ++i)
    f.coordinator.add({"run " + std::to_string(i)});
  f.config.slots = 2;
  f.start();
  for (int i = 0; i < 10; ++i)
    REQUIRE(f.until_result("run " + std::to_string(i)));
  for (int i = 0; i < 10; ++i) {
    const auto& report = f.coordinator.result("run " + std::to_string(i));
    CHECK(report.end == AttemptEnd::finished);
    CHECK(report.token == f.coordinator.token_of("run " + std::to_string(i)));
    REQUIRE(report.outcome);
    CHECK(report.outcome->epochs_done == 3);
    CHECK(report.curve.size() == 3);
    CHECK(report.ended >= report.started);
  }
  CHECK(f.coordinator.reports.size() == 10);
  CHECK(f.coordinator.hellos.size() == 1);
  CHECK(f.coordinator.hellos[0].worker.name == f.agent->name());
  CHECK(f.coordinator.hellos[0].worker.name.starts_with("testhost-"));
}

TEST_CASE("heartbeats carry rising step counters, and points come while a run trains") {
  AgentFixture f;
  f.coordinator.add({"a", R"({"epochs":100000})"});
  f.start();
  REQUIRE(f.until([&] {
    const auto& all = f.coordinator.heartbeats;
    return all.size() > 2 &&
           all.back().slots[0].steps_done > all[all.size() - 2].slots[0].steps_done &&
           all.back().held.size() == 1 && !f.coordinator.points.empty();
  }));
}

struct Misdeed {
  const char* fake;
  const char* reason;
  const char* log;
};

TEST_CASE(
    "a trainer that dies or misbehaves has every run of its pack reported, and work goes on") {
  const Misdeed misdeeds[] = {
      {"crash@2", reasons::crashed, "about to die"}, {"kill@2", reasons::killed, "about to die"},
      {"exit@2", reasons::exited, "giving up"},      {"garbage@2", reasons::bad_output, ""},
      {"long@2", reasons::bad_output, ""},           {"hang@2", reasons::hung, ""},
  };
  for (const auto& [fake, reason, log] : misdeeds) {
    INFO(fake);
    AgentFixture f;
    f.config.step_deadline = {500};
    f.config.first_step_deadline = {30'000};
    f.coordinator.add({"bad", std::string(R"({"epochs":5,"fake":")") + fake + "\"}"});
    f.coordinator.add({"neighbour", R"({"epochs":5})"});
    f.coordinator.add({"other pack", "{}", R"({"m":9})"});
    f.start();
    REQUIRE(f.until_result("bad"));
    REQUIRE(f.until_result("neighbour"));
    for (const char* name : {"bad", "neighbour"}) {
      const auto& report = f.coordinator.result(name);
      CHECK(report.end == AttemptEnd::failed);
      CHECK(report.reason == reason);
      CHECK_FALSE(report.message.empty());
      CHECK(report.log_tail.find(log) != std::string::npos);
      CHECK_FALSE(report.curve.empty());
    }
    REQUIRE(f.until_result("other pack"));
    CHECK(f.coordinator.result("other pack").end == AttemptEnd::finished);
  }
}

TEST_CASE("a run that fails alone leaves its neighbours alone, and its log is attached") {
  AgentFixture f;
  f.coordinator.add({"bad", R"({"fake":"fail@1"})"});
  f.coordinator.add({"forgotten", R"({"fake":"forget@1"})"});
  f.coordinator.add({"diverged", R"({"fake":"diverge@2"})"});
  f.coordinator.add({"good"});
  f.start();
  for (const char* name : {"bad", "forgotten", "diverged", "good"})
    REQUIRE(f.until_result(name));
  CHECK(f.coordinator.result("bad").reason == "trainer.bad_shape");
  CHECK(f.coordinator.result("bad").log_tail == "cannot train this\n");
  CHECK(f.coordinator.result("forgotten").reason == reasons::lost_replica);
  CHECK(f.coordinator.result("diverged").end == AttemptEnd::diverged);
  CHECK(f.coordinator.result("good").end == AttemptEnd::finished);
}

TEST_CASE("of a long log the last lines are attached, without colours") {
  AgentFixture f;
  f.coordinator.add({"a", R"({"epochs":3,"fake":"log@1"})"});
  f.coordinator.add({"b", R"({"epochs":3,"fake":"crash@2"})"});
  f.start();
  REQUIRE(f.until_result("a"));
  const auto& tail = f.coordinator.result("a").log_tail;
  CHECK(tail.size() <= 8192);
  CHECK(tail.find("line 4999 of the log\n") != std::string::npos);
  CHECK(tail.find('\x1b') == std::string::npos);
}

TEST_CASE("a coordinator that is away stops no training, and gets the results when it is back") {
  AgentFixture f;
  f.coordinator.add({"short", R"({"epochs":3})"});
  f.coordinator.add({"long", R"({"epochs":300,"step_ms":2})"});
  f.coordinator.acknowledge = false;
  f.start();
  REQUIRE(
      f.until([&] { return f.coordinator.granted.size() == 2 && !f.coordinator.points.empty(); }));
  f.coordinator.stop();
  const auto later = std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
  f.until([&] { return std::chrono::steady_clock::now() > later; });
  f.coordinator.acknowledge = true;
  f.coordinator.start_again();
  REQUIRE(f.until_result("short"));
  REQUIRE(f.until_result("long"));
  REQUIRE(f.coordinator.hellos.size() >= 2);
  CHECK(f.coordinator.hellos.back().worker.instance ==
        f.coordinator.hellos.front().worker.instance);
  CHECK(f.coordinator.result("long").end == AttemptEnd::finished);
  CHECK(f.coordinator.result("long").token.epoch.value == 1);
  CHECK(f.coordinator.result("long").curve.size() == 300);
}

TEST_CASE("what a restarted coordinator dropped is stopped and not reported") {
  AgentFixture f;
  f.coordinator.add({"a", R"({"epochs":100000})"});
  f.start();
  REQUIRE(f.until([&] { return !f.coordinator.points.empty(); }));
  f.coordinator.stop();
  f.coordinator.adopt = false;
  f.coordinator.start_again();
  REQUIRE(f.until([&] {
    return f.coordinator.hellos.size() == 2 && !f.coordinator.heartbeats.empty() &&
           f.coordinator.heartbeats.back().held.empty() &&
           f.coordinator.heartbeats.back().slots[0].replicas == 0;
  }));
  CHECK(f.coordinator.reports.empty());
  f.coordinator.add({"next"});
  REQUIRE(f.until_result("next"));
}

TEST_CASE("a shutdown gives runs back with a checkpoint, and the next worker goes on from there") {
  AgentFixture f;
  f.coordinator.add({"a", R"({"epochs":100000,"step_ms":1})"});
  f.start();
  REQUIRE(f.until([&] { return f.coordinator.points.size() > 5; }));
  const std::string name = f.agent->name();
  f.agent->shut_down("SIGTERM");
  REQUIRE(f.until([&] { return f.exited.has_value(); }));
  REQUIRE(f.until([&] { return !f.coordinator.byes.empty(); }));
  const auto released = f.coordinator.result("a");
  CHECK(released.end == AttemptEnd::released);
  CHECK(released.reason == reasons::shutdown);
  const auto epochs_before = released.curve.size();
  CHECK(epochs_before > 5);
  f.stop();

  f.coordinator.results.clear();
  f.coordinator.add({"a", R"({"epochs":)" + std::to_string(epochs_before + 50) + "}"});
  f.start();
  CHECK(f.agent->name() == name);
  REQUIRE(f.until_result("a"));
  const auto& report = f.coordinator.result("a");
  CHECK(report.end == AttemptEnd::finished);
  CHECK(report.curve.size() == epochs_before + 50);
  CHECK(report.curve.front().epoch == 1);
  // It did not begin anew: fewer steps were made than a whole training has.
  REQUIRE(f.until([&] { return f.coordinator.heartbeats.back().slots[0].replicas == 0; }));
  CHECK(f.coordinator.heartbeats.back().slots[0].steps_done <= 2 * (50 + 2));
}

TEST_CASE("an agent that dies with results in its outbox is followed by one that delivers them") {
  AgentFixture f;
  f.coordinator.acknowledge = false;
  f.coordinator.add({"a"});
  f.coordinator.add({"b"});
  f.start();
  REQUIRE(f.until([&] { return f.coordinator.reports.size() == 2; }));
  f.stop();  // not a word is said, and nothing was acknowledged
  f.coordinator.acknowledge = true;
  f.coordinator.reports.clear();
  f.start();
  REQUIRE(f.until_result("a"));
  REQUIRE(f.until_result("b"));
  CHECK(f.coordinator.hellos.back().outbox_records == 2);
}

TEST_CASE("results that a worker of another host left in a shared folder are delivered too") {
  AgentFixture f;
  f.coordinator.acknowledge = false;
  f.coordinator.add({"a"});
  f.start();
  REQUIRE(f.until([&] { return f.coordinator.reports.size() == 1; }));
  const auto own = std::filesystem::path(f.config.state_dir);
  const std::string name = f.agent->name();
  f.stop();
  for (const auto& coordinator : std::filesystem::directory_iterator(own)) {
    const auto foreign = coordinator.path() / "otherhost-0001";
    std::filesystem::rename(coordinator.path() / name, foreign);
    std::filesystem::last_write_time(
        foreign / "lock", std::filesystem::file_time_type::clock::now() - std::chrono::minutes(10));
  }
  f.coordinator.acknowledge = true;
  f.start();
  CHECK(f.agent->name() != name);
  REQUIRE(f.until_result("a"));
}

TEST_CASE(
    "with a full disk results are delivered from memory, and stored when there is room again") {
  AgentFixture f;
  f.coordinator.acknowledge = false;
  f.coordinator.add({"a", R"({"epochs":30})"});
  f.start();
  REQUIRE(f.until([&] { return !f.coordinator.points.empty(); }));
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  rlimit tight = before;
  tight.rlim_cur = 16;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &tight) == 0);
  const bool sent = f.until([&] { return f.coordinator.reports.size() == 1; });
  const bool said = f.until(
      [&] { return f.coordinator.heartbeats.back().slots[0].trouble == reasons::outbox_blocked; });
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  CHECK(sent);
  CHECK(said);
  f.coordinator.add({"b"});
  f.coordinator.acknowledge = true;
  REQUIRE(f.until_result("b"));
  REQUIRE(f.until_result("a"));
}

TEST_CASE("a trainer that cannot even start is said with its reason, and no run fails for it") {
  ::setenv("FAKE_TRAINER", "exit", 1);
  AgentFixture f;
  f.coordinator.add({"a"});
  f.start();
  const bool said = f.until([&] {
    return !f.coordinator.heartbeats.empty() &&
           f.coordinator.heartbeats.back().slots[0].trouble == reasons::exited;
  });
  ::unsetenv("FAKE_TRAINER");
  CHECK(said);
  CHECK(f.coordinator.reports.empty());
  REQUIRE(f.until_result("a"));
}

TEST_CASE("a key that is not listed is told so, and nothing else happens") {
  AgentFixture f;
  f.start(net::generate_key_pair());
  REQUIRE(f.until([&] { return f.coordinator.counter("net.unknown_key") > 0; }));
  CHECK(f.coordinator.hellos.empty());
  f.agent->shut_down("SIGTERM");
  REQUIRE(f.until([&] { return f.exited.has_value(); }));
}

}  // namespace
}  // namespace scanyard::worker
