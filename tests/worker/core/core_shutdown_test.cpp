#include "tests/worker/core/core_harness.hpp"

namespace scanyard::worker {
namespace {

using namespace testing;

constexpr Duration grace{25'000};

void shut_down(CoreHarness& h) {
  h.take(h.core.on_shutdown("SIGTERM", h.now + grace, h.now));
}

TEST_CASE("a shutdown saves checkpoints, gives the runs back, delivers that, says bye and exits") {
  CoreHarness h;
  h.train({{"a", token(1)}, {"b", token(2)}});
  h.event(trainer_lines::Epoch{run_named("a"), point(1)});
  h.grant({{"c", token(3)}}, 0, R"({"m":3})");
  shut_down(h);
  CHECK(h.told<trainer_lines::Checkpoint>().size() == 1);
  REQUIRE(h.sent<protocol::Release>().size() == 1);
  CHECK(h.sent<protocol::Release>()[0].items[0].run == run_named("c"));
  h.event(trainer_lines::Checkpointed{run_named("a"), "/x", 1});
  CHECK(h.told<trainer_lines::Quit>().empty());
  h.event(trainer_lines::Checkpointed{run_named("b"), "/y", 1});
  CHECK(h.told<trainer_lines::Quit>().size() == 1);
  h.exit({});
  REQUIRE(h.of<Store>().size() == 2);
  for (const auto& store : h.of<Store>()) {
    CHECK(store.report.end == AttemptEnd::released);
    CHECK(store.report.reason == reasons::shutdown);
  }
  CHECK(h.of<DropCheckpoint>().empty());
  h.stored();
  CHECK(h.sent<protocol::Results>().size() == 1);
  CHECK(h.of<Exit>().empty());
  h.ack("a", token(1));
  h.ack("b", token(2));
  CHECK(h.sent<protocol::Bye>().size() == 1);
  CHECK(h.of<Exit>().size() == 1);
}

TEST_CASE("a run that finishes during the shutdown is a result like any other") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  shut_down(h);
  h.event(trainer_lines::Finished{run_named("a"), outcome()});
  REQUIRE(h.of<Store>().size() == 1);
  CHECK(h.of<Store>()[0].report.end == AttemptEnd::finished);
  CHECK(h.told<trainer_lines::Quit>().size() == 1);
}

TEST_CASE("an idle worker leaves as soon as its trainers have") {
  CoreHarness h(worker_info(2));
  h.connect();
  h.ready(0);
  shut_down(h);
  CHECK(h.told<trainer_lines::Quit>().size() == 1);
  CHECK(h.of<KillTrainer>().size() == 1);
  h.exit({}, 0);
  CHECK(h.of<Exit>().empty());
  h.exit({TrainerExit::Kind::signal, 9}, 1);
  CHECK(h.of<Exit>().size() == 1);
}

TEST_CASE(
    "a trainer that does not answer is killed before the deadline, and its runs are given back") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  shut_down(h);
  h.tick({19'000});
  CHECK(h.of<KillTrainer>().empty());
  h.tick({1'000});
  CHECK(h.of<KillTrainer>().size() == 1);
  h.exit({TrainerExit::Kind::signal, 9});
  REQUIRE(h.of<Store>().size() == 1);
  CHECK(h.of<Store>()[0].report.end == AttemptEnd::released);
}

TEST_CASE("a trainer that crashes during the shutdown does not make its runs fail") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  shut_down(h);
  h.exit({TrainerExit::Kind::signal, 11});
  REQUIRE(h.of<Store>().size() == 1);
  CHECK(h.of<Store>()[0].report.end == AttemptEnd::released);
}

TEST_CASE("without a coordinator the results stay in the outbox and the worker leaves") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  h.take(h.core.on_disconnected(h.now));
  shut_down(h);
  h.event(trainer_lines::Checkpointed{run_named("a"), "/x", 1});
  h.exit({});
  CHECK(h.of<Exit>().empty());
  h.stored();
  CHECK(h.of<Exit>().size() == 1);
  CHECK(h.of<Send>().empty());
}

TEST_CASE("at the deadline the worker leaves whatever is missing") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  shut_down(h);
  h.tick(grace);
  CHECK(h.of<Exit>().size() == 1);
  CHECK(h.sent<protocol::Bye>().size() == 1);
}

TEST_CASE("a second request ends at once") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  shut_down(h);
  shut_down(h);
  CHECK(h.of<KillTrainer>().size() == 1);
  CHECK(h.of<Exit>().size() == 1);
  shut_down(h);
  CHECK(h.last.empty());
}

TEST_CASE("a leaving worker takes nothing and starts nothing") {
  CoreHarness h(worker_info(2));
  h.connect();
  h.ready(0);
  h.ready(1);
  h.grant({{"a", token(1)}}, 0);
  shut_down(h);
  h.grant({{"b", token(2)}}, 1);
  CHECK(h.sent<protocol::Release>().size() == 1);
  h.exit({}, 1);
  h.tick({2'000});
  CHECK(h.of<StartTrainer>().empty());
  for (const auto& want : h.sent<protocol::Want>())
    CHECK(want.replicas == 0);
}

TEST_CASE("revoking the last run of a leaving worker lets it go") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  shut_down(h);
  h.tell(protocol::Revoke{{token(1)}, "cancelled"});
  h.event(trainer_lines::Stopped{run_named("a")});
  CHECK(h.told<trainer_lines::Quit>().size() == 1);
  h.exit({});
  CHECK(h.of<Exit>().size() == 1);
}

}  // namespace
}  // namespace scanyard::worker
