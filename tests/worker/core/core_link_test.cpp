#include "tests/worker/core/core_harness.hpp"

namespace scanyard::worker {
namespace {

using namespace testing;

TEST_CASE("a worker says hello when it is connected, and again when nobody answers") {
  CoreHarness h;
  CHECK(h.of<StartTrainer>().size() == 1);
  h.take(h.core.on_connected(h.now));
  REQUIRE(h.sent<protocol::Hello>().size() == 1);
  CHECK(h.sent<protocol::Hello>()[0].worker.name == "node1-a");
  h.tick({4'000});
  CHECK(h.sent<protocol::Hello>().empty());
  h.tick({1'000});
  CHECK(h.sent<protocol::Hello>().size() == 1);
  h.welcome();
  h.tick({60'000});
  CHECK(h.sent<protocol::Hello>().empty());
}

TEST_CASE(
    "credit is told after the welcome and when the trainer is ready, and repeated with "
    "heartbeats") {
  CoreHarness h;
  h.connect();
  REQUIRE(h.sent<protocol::Want>().size() == 1);
  CHECK(h.sent<protocol::Want>()[0].replicas == 0);
  h.ready();
  REQUIRE(h.sent<protocol::Want>().size() == 1);
  CHECK(h.sent<protocol::Want>()[0].replicas == 4);
  CHECK_FALSE(h.sent<protocol::Want>()[0].same_shape_only);
  h.tick({2'000});
  CHECK(h.sent<protocol::Heartbeat>().size() == 1);
  CHECK(h.sent<protocol::Want>().size() == 1);
}

TEST_CASE("nothing is sent without a connection") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  h.take(h.core.on_disconnected(h.now));
  h.event(trainer_lines::Epoch{run_named("a"), point(1)});
  h.event(trainer_lines::Finished{run_named("a"), outcome()});
  h.stored();
  h.tick({10'000});
  CHECK(h.of<Send>().empty());
  CHECK(h.core.outbox().size() == 1);
}

TEST_CASE("heartbeats name slots, step counters and every attempt held") {
  CoreHarness h;
  h.train({{"a", token(1)}, {"b", token(2)}});
  h.event(trainer_lines::Alive{77});
  h.event(trainer_lines::Finished{run_named("b"), outcome()});
  h.tick({2'000});
  REQUIRE(h.sent<protocol::Heartbeat>().size() == 1);
  const auto heartbeat = h.sent<protocol::Heartbeat>()[0];
  REQUIRE(heartbeat.slots.size() == 1);
  CHECK(heartbeat.slots[0].steps_done == 77);
  CHECK(heartbeat.slots[0].replicas == 1);
  CHECK(heartbeat.slots[0].trouble.empty());
  CHECK(heartbeat.outbox_records == 1);
  CHECK(heartbeat.held == std::vector<Token>{token(1), token(2)});
}

TEST_CASE("a who is answered with a hello that names what runs, and training goes on") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  h.tell(protocol::Who{{2}});
  REQUIRE(h.sent<protocol::Hello>().size() == 1);
  REQUIRE(h.sent<protocol::Hello>()[0].running.size() == 1);
  CHECK(h.sent<protocol::Hello>()[0].running[0].token == token(1));
  h.tell(protocol::Who{{2}});
  CHECK(h.sent<protocol::Hello>().empty());
  h.welcome(2);
  CHECK(h.told<trainer_lines::Stop>().empty());
  CHECK(h.core.attempts().size() == 1);
}

TEST_CASE("a restarted coordinator's welcome stops what it dropped and keeps the rest") {
  CoreHarness h;
  h.train({{"a", token(1)}, {"b", token(2)}});
  h.take(h.core.on_disconnected(h.now));
  h.take(h.core.on_connected(h.now));
  CHECK(h.sent<protocol::Hello>()[0].running.size() == 2);
  h.welcome(2, {token(2)});
  REQUIRE(h.told<trainer_lines::Stop>().size() == 1);
  CHECK(h.told<trainer_lines::Stop>()[0].runs == std::vector<RunId>{run_named("b")});
  h.event(trainer_lines::Stopped{run_named("b")});
  CHECK(h.core.attempts().size() == 1);
  h.event(trainer_lines::Finished{run_named("a"), outcome()});
  h.stored();
  REQUIRE(h.sent<protocol::Results>().size() == 1);
  CHECK(h.sent<protocol::Results>()[0].reports[0].token == token(1));
}

TEST_CASE("a welcome or a who of a replaced coordinator is ignored") {
  CoreHarness h;
  h.connect(5);
  h.ready();
  h.tell(protocol::Who{{4}});
  CHECK(h.of<Send>().empty());
  h.welcome(4);
  CHECK(h.of<Send>().empty());
}

TEST_CASE("a new connection may lead to a coordinator whose epochs begin anew") {
  CoreHarness h;
  h.connect(5);
  h.ready();
  h.grant({{"a", token(9, 5)}});
  h.event(trainer_lines::Finished{run_named("a"), outcome()});
  h.event(trainer_lines::Idle{});
  h.take(h.core.on_disconnected(h.now));
  h.connect(1);
  CHECK(h.core.link() == Core::Link::welcomed);
  h.grant({{"b", token(1, 1)}});
  CHECK(h.told<trainer_lines::Start>().size() == 1);
}

TEST_CASE("a refusal is said once and retried much later, while training goes on") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  h.tell(protocol::Refuse{"worker.build", "another build"});
  CHECK(h.noted("worker.refused"));
  h.tell(protocol::Refuse{"worker.build", "another build"});
  CHECK_FALSE(h.noted("worker.refused"));
  h.tick({30'000});
  CHECK(h.sent<protocol::Hello>().empty());
  h.tick({30'000});
  CHECK(h.sent<protocol::Hello>().size() == 1);
  CHECK(h.core.attempts().size() == 1);
}

TEST_CASE("points are collected and sent together, and lost without harm while away") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  h.tick({2'000});
  h.event(trainer_lines::Epoch{run_named("a"), point(1)});
  CHECK(h.sent<protocol::Progress>().empty());
  h.tick({1});
  REQUIRE(h.sent<protocol::Progress>().size() == 1);
  h.event(trainer_lines::Epoch{run_named("a"), point(2)});
  h.event(trainer_lines::Epoch{run_named("a"), point(3)});
  h.tick({500});
  CHECK(h.sent<protocol::Progress>().empty());
  h.tick({500});
  REQUIRE(h.sent<protocol::Progress>().size() == 1);
  CHECK(h.sent<protocol::Progress>()[0].points.size() == 2);
  h.take(h.core.on_disconnected(h.now));
  h.event(trainer_lines::Epoch{run_named("a"), point(4)});
  h.event(trainer_lines::Finished{run_named("a"), outcome()});
  REQUIRE(h.of<Store>().size() == 1);
  CHECK(h.of<Store>()[0].report.curve.size() == 4);
}

TEST_CASE("the next tick is never in the past and never far away") {
  CoreHarness h;
  for (int i = 0; i < 20; ++i) {
    const auto next = h.core.next_tick(h.now);
    CHECK(next >= h.now);
    CHECK(next <= h.now + Duration{2'000});
    h.now = next;
    h.take(h.core.on_tick(h.now));
    if (i == 3) h.connect();
    if (i == 5) h.ready();
    if (i == 9) h.take(h.core.on_disconnected(h.now));
  }
}

}  // namespace
}  // namespace scanyard::worker
