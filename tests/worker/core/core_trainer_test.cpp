#include "tests/worker/core/core_harness.hpp"

namespace scanyard::worker {
namespace {

using namespace testing;

std::vector<AttemptReport> reports(const CoreHarness& h) {
  std::vector<AttemptReport> found;
  for (const auto& store : h.of<Store>())
    found.push_back(store.report);
  return found;
}

TEST_CASE("a finished run is stored, then sent, then forgotten when it is acknowledged") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  h.event(trainer_lines::Epoch{run_named("a"), point(1)});
  h.now = h.now + Duration{5'000};
  h.event(trainer_lines::Finished{run_named("a"), outcome()});
  REQUIRE(reports(h).size() == 1);
  const auto report = reports(h)[0];
  CHECK(report.end == AttemptEnd::finished);
  CHECK(report.outcome == outcome());
  CHECK(report.curve == std::vector<EpochPoint>{point(1)});
  CHECK((report.ended - report.started).ms == 5'000);
  CHECK(h.sent<protocol::Results>().empty());
  h.stored();
  CHECK(h.sent<protocol::Results>().size() == 1);
  CHECK(h.of<DropCheckpoint>().size() == 1);
  h.ack("a", token(1));
  REQUIRE(h.of<Forget>().size() == 1);
  CHECK(h.of<Forget>()[0].items.size() == 1);
  CHECK(h.core.outbox().empty());
}

TEST_CASE("a diverged run is a result") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  h.event(trainer_lines::Finished{run_named("a"), outcome(true)});
  REQUIRE(reports(h).size() == 1);
  CHECK(reports(h)[0].end == AttemptEnd::diverged);
}

TEST_CASE("a run that the trainer cannot train is reported with the log, and the others go on") {
  CoreHarness h;
  h.train({{"a", token(1)}, {"b", token(2)}});
  h.event(trainer_lines::Failed{run_named("a"), "trainer.bad_shape", "m must be positive"}, 0,
          "tail");
  REQUIRE(reports(h).size() == 1);
  CHECK(reports(h)[0].end == AttemptEnd::failed);
  CHECK(reports(h)[0].reason == "trainer.bad_shape");
  CHECK(reports(h)[0].log_tail == "tail");
  CHECK(h.core.attempts().size() == 1);
  CHECK(h.of<KillTrainer>().empty());
}

TEST_CASE("when a trainer dies every run of its pack is reported, and another one is started") {
  struct Case {
    TrainerExit exit;
    std::string reason;
  };
  const Case cases[] = {
      {{TrainerExit::Kind::signal, 9, false, "SIGKILL", "log"}, reasons::killed},
      {{TrainerExit::Kind::signal, 9, true, "SIGKILL", "log"}, reasons::out_of_memory},
      {{TrainerExit::Kind::signal, 11, false, "SIGSEGV", "log"}, reasons::crashed},
      {{TrainerExit::Kind::code, 3, false, "", "log"}, reasons::exited},
      {{TrainerExit::Kind::code, 0, false, "", "log"}, reasons::exited},
  };
  for (const auto& [exit, reason] : cases) {
    CoreHarness h;
    h.train({{"a", token(1)}, {"b", token(2)}});
    h.exit(exit);
    REQUIRE(reports(h).size() == 2);
    for (const auto& report : reports(h)) {
      CHECK(report.end == AttemptEnd::failed);
      CHECK(report.reason == reason);
      CHECK(report.log_tail == "log");
      CHECK_FALSE(report.message.empty());
    }
    CHECK(h.noted("trainer.ended"));
    h.tick({1'000});
    CHECK(h.of<StartTrainer>().size() == 1);
  }
}

TEST_CASE("a trainer that stops stepping is killed and its runs are reported as hung") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  std::int64_t steps = 0;
  for (int i = 0; i < 10; ++i) {
    h.event(trainer_lines::Alive{++steps});
    h.tick({200'000});
    CHECK(h.of<KillTrainer>().empty());
  }
  for (int i = 0; i < 3; ++i) {
    h.event(trainer_lines::Alive{steps});
    h.now = h.now + Duration{40'000};
  }
  h.tick({0});
  REQUIRE(h.of<KillTrainer>().size() == 1);
  h.exit({TrainerExit::Kind::signal, 9, false, "SIGKILL", "last words"});
  REQUIRE(reports(h).size() == 1);
  CHECK(reports(h)[0].reason == reasons::hung);
  CHECK(reports(h)[0].log_tail == "last words");
}

TEST_CASE("before the first step more patience is shown, for data is made then") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  h.tick({890'000});
  CHECK(h.of<KillTrainer>().empty());
  h.tick({10'000});
  CHECK(h.of<KillTrainer>().size() == 1);
}

TEST_CASE("evaluations and ends of runs count as life even when the counter stands still") {
  CoreHarness h;
  h.train({{"a", token(1)}, {"b", token(2)}});
  h.event(trainer_lines::Alive{1});
  h.tick({290'000});
  h.event(trainer_lines::Epoch{run_named("a"), point(1)});
  h.tick({290'000});
  h.event(trainer_lines::Finished{run_named("a"), outcome()});
  h.tick({290'000});
  CHECK(h.of<KillTrainer>().empty());
  h.tick({10'000});
  CHECK(h.of<KillTrainer>().size() == 1);
}

TEST_CASE("garbage on stdout kills the trainer, and the line is in the reports") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  h.take(h.core.on_trainer_bad_line({0}, h.instance(0), "'hello world'", h.now));
  CHECK(h.of<KillTrainer>().size() == 1);
  h.event(trainer_lines::Finished{run_named("a"), outcome()});
  CHECK(h.of<Store>().empty());
  h.exit({TrainerExit::Kind::signal, 9});
  REQUIRE(reports(h).size() == 1);
  CHECK(reports(h)[0].reason == reasons::bad_output);
  CHECK(reports(h)[0].message.find("hello world") != std::string::npos);
}

TEST_CASE("a trainer that forgets a run or stops one unasked has that run reported") {
  CoreHarness h;
  h.train({{"a", token(1)}, {"b", token(2)}});
  h.event(trainer_lines::Stopped{run_named("a")});
  REQUIRE(reports(h).size() == 1);
  CHECK(reports(h)[0].reason == reasons::lost_replica);
  h.event(trainer_lines::Idle{});
  REQUIRE(reports(h).size() == 1);
  CHECK(reports(h)[0].reason == reasons::lost_replica);
  CHECK(reports(h)[0].run == run_named("b"));
}

TEST_CASE(
    "a trainer that speaks before it is ready, twice of readiness, or another version is killed") {
  {
    CoreHarness h;
    h.event(trainer_lines::Idle{});
    CHECK(h.of<KillTrainer>().size() == 1);
  }
  {
    CoreHarness h;
    h.ready();
    h.ready();
    CHECK(h.of<KillTrainer>().size() == 1);
  }
  {
    CoreHarness h;
    trainer_lines::Ready ready;
    ready.version = 99;
    h.event(ready);
    CHECK(h.of<KillTrainer>().size() == 1);
    h.exit({TrainerExit::Kind::signal, 9});
    CHECK(h.slot().start_failures == 1);
  }
}

TEST_CASE(
    "a trainer that does not start is tried more and more seldom, and waiting runs are given "
    "back") {
  CoreHarness h;
  h.connect();
  h.grant({{"a", token(1)}});
  std::vector<std::int64_t> pauses;
  for (int i = 0; i < 9; ++i) {
    h.exit({TrainerExit::Kind::missing, 0, false, "/x/scanyard-train"});
    pauses.push_back((h.slot().start_at - h.now).ms);
    if (i == 1) CHECK(h.core.attempts().size() == 1);
    if (i == 2) {
      REQUIRE(h.sent<protocol::Release>().size() == 1);
      CHECK(h.sent<protocol::Release>()[0].reason == reasons::no_trainer);
      CHECK(h.slot().trouble == reasons::missing);
    }
    CHECK(h.noted("trainer.ended") == (i < 3));
    h.now = h.slot().start_at;
    h.tick({0});
    CHECK(h.of<StartTrainer>().size() == 1);
  }
  CHECK(pauses ==
        std::vector<std::int64_t>{1000, 2000, 4000, 8000, 16'000, 32'000, 60'000, 60'000, 60'000});
  h.tick({2'000});
  REQUIRE(h.sent<protocol::Heartbeat>().size() == 1);
  CHECK(h.sent<protocol::Heartbeat>()[0].slots[0].trouble == reasons::missing);
  h.grant({{"b", token(2)}});
  CHECK(h.sent<protocol::Release>().size() == 1);
  h.ready();
  CHECK(h.slot().trouble.empty());
  REQUIRE(h.sent<protocol::Want>().size() == 1);
  CHECK(h.sent<protocol::Want>()[0].replicas == 4);
}

TEST_CASE("a trainer that never says ready is killed") {
  CoreHarness h;
  h.tick({179'000});
  CHECK(h.of<KillTrainer>().empty());
  h.tick({1'000});
  CHECK(h.of<KillTrainer>().size() == 1);
  h.exit({TrainerExit::Kind::signal, 9});
  CHECK(h.slot().start_failures == 1);
}

TEST_CASE("words of an earlier trainer are not taken for those of the present one") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  const auto old = h.instance(0);
  h.exit({TrainerExit::Kind::signal, 11});
  h.tick({1'000});
  h.ready();
  h.grant({{"a", token(2)}});
  h.take(
      h.core.on_trainer_event({0}, old, trainer_lines::Finished{run_named("a"), outcome()}, h.now));
  CHECK(h.of<Store>().empty());
  h.take(h.core.on_trainer_exit({0}, old, {}, h.now));
  CHECK(h.core.attempts().size() == 1);
}

TEST_CASE("step counters go on over a trainer's end") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  h.event(trainer_lines::Alive{100});
  h.exit({TrainerExit::Kind::signal, 11});
  h.tick({1'000});
  h.ready();
  h.event(trainer_lines::Alive{5});
  h.tick({2'000});
  REQUIRE(h.sent<protocol::Heartbeat>().size() == 1);
  CHECK(h.sent<protocol::Heartbeat>()[0].slots[0].steps_done == 105);
}

TEST_CASE("a pack is checkpointed on a period") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  for (int i = 0; i < 3; ++i) {
    h.event(trainer_lines::Alive{i + 1});
    h.tick({200'000});
  }
  CHECK(h.told<trainer_lines::Checkpoint>().size() == 1);
  h.tick({1'000});
  CHECK(h.told<trainer_lines::Checkpoint>().empty());
}

TEST_CASE("a failed attempt that wrote no checkpoint of its own loses the one that it began with") {
  CoreHarness h;
  h.train({{"a", token(1)}, {"b", token(2)}});
  h.event(trainer_lines::Checkpointed{run_named("b"), "/x", 3});
  h.exit({TrainerExit::Kind::signal, 11});
  REQUIRE(h.of<DropCheckpoint>().size() == 1);
  CHECK(h.of<DropCheckpoint>()[0].run == run_named("a"));
}

TEST_CASE("epochs that a resumed trainer repeats are kept once and in order") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  for (const int epoch : {3, 1, 2, 3, 4})
    h.event(trainer_lines::Epoch{run_named("a"), point(epoch)});
  h.event(trainer_lines::Finished{run_named("a"), outcome()});
  REQUIRE(reports(h).size() == 1);
  REQUIRE(reports(h)[0].curve.size() == 4);
  for (int i = 0; i < 4; ++i)
    CHECK(reports(h)[0].curve[static_cast<std::size_t>(i)].epoch == i + 1);
}

TEST_CASE("slots do not disturb each other") {
  CoreHarness h(worker_info(2));
  h.connect();
  h.ready(0);
  h.ready(1);
  h.grant({{"a", token(1)}}, 0);
  h.grant({{"b", token(2)}}, 1);
  h.exit({TrainerExit::Kind::signal, 11}, 0);
  CHECK(reports(h).size() == 1);
  CHECK(h.core.attempts().contains(token(2)));
  h.event(trainer_lines::Finished{run_named("b"), outcome()}, 1);
  REQUIRE(reports(h).size() == 1);
  CHECK(reports(h)[0].slot == 1);
}

}  // namespace
}  // namespace scanyard::worker
