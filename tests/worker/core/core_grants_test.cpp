#include "tests/worker/core/core_harness.hpp"

namespace scanyard::worker {
namespace {

using namespace testing;

TEST_CASE("a grant starts a pack, and the rest of the slot is offered to the same shape") {
  CoreHarness h;
  h.connect();
  h.ready();
  h.grant({{"a", token(1)}, {"b", token(2)}});
  REQUIRE(h.told<trainer_lines::Start>().size() == 1);
  const auto start = h.told<trainer_lines::Start>()[0];
  CHECK(start.shape_json == R"({"m":2})");
  REQUIRE(start.replicas.size() == 2);
  CHECK(start.replicas[0].run == run_named("a"));
  CHECK(start.replicas[0].values_json == R"({"seed":1})");
  REQUIRE(h.sent<protocol::Want>().size() == 1);
  CHECK(h.sent<protocol::Want>()[0].replicas == 2);
  CHECK(h.sent<protocol::Want>()[0].same_shape_only);
}

TEST_CASE("a grant of the running shape joins the pack") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  h.grant({{"b", token(2)}, {"c", token(3)}});
  REQUIRE(h.told<trainer_lines::Add>().size() == 1);
  CHECK(h.told<trainer_lines::Add>()[0].replicas.size() == 2);
}

TEST_CASE("a grant of another shape waits until the pack is done") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  h.grant({{"b", token(2)}}, 0, R"({"m":3})");
  CHECK(h.of<TellTrainer>().empty());
  REQUIRE(h.sent<protocol::Want>().size() == 1);
  CHECK(h.sent<protocol::Want>()[0].replicas == 0);
  h.event(trainer_lines::Finished{run_named("a"), outcome()});
  h.event(trainer_lines::Idle{});
  REQUIRE(h.told<trainer_lines::Start>().size() == 1);
  CHECK(h.told<trainer_lines::Start>()[0].shape_json == R"({"m":3})");
}

TEST_CASE("a doubled or late grant starts nothing twice") {
  CoreHarness h;
  h.train({{"a", token(5)}});
  h.grant({{"a", token(5)}});
  CHECK(h.of<TellTrainer>().empty());
  h.grant({{"z", token(4)}});
  CHECK(h.of<TellTrainer>().empty());
  CHECK(h.core.attempts().size() == 1);
  h.event(trainer_lines::Finished{run_named("a"), outcome()});
  h.event(trainer_lines::Idle{});
  h.grant({{"a", token(5)}});
  CHECK(h.core.attempts().empty());
}

TEST_CASE("a run that is leased anew goes on under the new token") {
  CoreHarness h;
  h.train({{"a", token(1)}, {"b", token(2)}});
  h.grant({{"a", token(7)}});
  CHECK(h.of<TellTrainer>().empty());
  CHECK(h.core.attempts().contains(token(7)));
  CHECK_FALSE(h.core.attempts().contains(token(1)));
  h.event(trainer_lines::Finished{run_named("a"), outcome()});
  REQUIRE(h.of<Store>().size() == 1);
  CHECK(h.of<Store>()[0].report.token == token(7));
}

TEST_CASE("more than a slot can hold is given back") {
  CoreHarness h;
  h.train({{"a", token(1)}, {"b", token(2)}, {"c", token(3)}, {"d", token(4)}});
  h.grant({{"e", token(5)}, {"f", token(6)}, {"g", token(7)}, {"h", token(8)}, {"i", token(9)}});
  REQUIRE(h.sent<protocol::Release>().size() == 1);
  CHECK(h.sent<protocol::Release>()[0].reason == reasons::slot_full);
  REQUIRE(h.sent<protocol::Release>()[0].items.size() == 1);
  CHECK(h.sent<protocol::Release>()[0].items[0].token == token(9));
  CHECK(h.core.attempts().size() == 8);
}

TEST_CASE("a grant for a slot that does not exist is given back") {
  CoreHarness h;
  h.connect();
  h.grant({{"a", token(1)}}, 9);
  REQUIRE(h.sent<protocol::Release>().size() == 1);
  CHECK(h.sent<protocol::Release>()[0].reason == reasons::unknown_slot);
}

TEST_CASE("a grant that comes before the trainer is ready waits for it") {
  CoreHarness h;
  h.connect();
  h.grant({{"a", token(1)}});
  CHECK(h.of<TellTrainer>().empty());
  h.ready();
  CHECK(h.told<trainer_lines::Start>().size() == 1);
}

TEST_CASE("a revoked attempt is stopped and not reported, whatever becomes of it") {
  CoreHarness h;
  h.train({{"a", token(1)}, {"b", token(2)}, {"c", token(3)}});
  h.tell(protocol::Revoke{{token(1), token(2), token(3)}, "cancelled"});
  CHECK(h.told<trainer_lines::Stop>().size() == 3);
  h.event(trainer_lines::Stopped{run_named("a")});
  h.event(trainer_lines::Finished{run_named("b"), outcome()});
  CHECK(h.of<Store>().empty());
  h.exit({TrainerExit::Kind::signal, 11});
  CHECK(h.of<Store>().empty());
  CHECK(h.core.attempts().empty());
}

TEST_CASE("a revoked attempt that waits is forgotten at once") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  h.grant({{"b", token(2)}}, 0, R"({"m":3})");
  h.tell(protocol::Revoke{{token(2)}, "cancelled"});
  CHECK(h.of<TellTrainer>().empty());
  CHECK(h.core.attempts().size() == 1);
}

TEST_CASE("a revoke that overtakes its grant keeps it from being begun") {
  CoreHarness h;
  h.connect();
  h.ready();
  h.tell(protocol::Revoke{{token(2)}, "cancelled"});
  h.grant({{"a", token(1)}, {"b", token(2)}});
  REQUIRE(h.told<trainer_lines::Start>().size() == 1);
  CHECK(h.told<trainer_lines::Start>()[0].replicas.size() == 1);
}

TEST_CASE(
    "a run that is stopping may be granted again and starts when the trainer has let go of it") {
  CoreHarness h;
  h.train({{"a", token(1)}, {"b", token(2)}});
  h.tell(protocol::Revoke{{token(1)}, "superseded"});
  h.grant({{"a", token(3)}});
  CHECK(h.told<trainer_lines::Add>().empty());
  h.event(trainer_lines::Stopped{run_named("a")});
  h.event(trainer_lines::Finished{run_named("b"), outcome()});
  h.event(trainer_lines::Idle{});
  REQUIRE(h.told<trainer_lines::Start>().size() == 1);
  CHECK(h.told<trainer_lines::Start>()[0].replicas[0].run == run_named("a"));
}

TEST_CASE("runs that were added too late for a pack are started in the next one") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  h.grant({{"b", token(2)}});
  CHECK(h.told<trainer_lines::Add>().size() == 1);
  h.event(trainer_lines::Finished{run_named("a"), outcome()});
  h.event(trainer_lines::Idle{});
  REQUIRE(h.told<trainer_lines::Start>().size() == 1);
  CHECK(h.told<trainer_lines::Start>()[0].replicas[0].run == run_named("b"));
  h.event(trainer_lines::Failed{run_named("b"), reasons::no_pack, "no pack runs"});
  CHECK(h.of<Store>().empty());
  h.event(trainer_lines::Finished{run_named("b"), outcome()});
  CHECK(h.of<Store>().size() == 1);
}

TEST_CASE("draining gives back what waits, finishes what runs, and then says bye") {
  CoreHarness h;
  h.train({{"a", token(1)}});
  h.grant({{"b", token(2)}}, 0, R"({"m":3})");
  h.tell(protocol::Drain{"node goes down"});
  REQUIRE(h.sent<protocol::Release>().size() == 1);
  CHECK(h.sent<protocol::Release>()[0].reason == reasons::drain);
  h.grant({{"c", token(3)}});
  CHECK(h.sent<protocol::Release>().size() == 1);
  h.event(trainer_lines::Finished{run_named("a"), outcome()});
  h.stored();
  h.event(trainer_lines::Idle{});
  CHECK(h.sent<protocol::Want>().empty());
  CHECK_FALSE(h.core.leaving());
  h.ack("a", token(1));
  CHECK(h.told<trainer_lines::Quit>().size() == 1);
  h.exit({});
  CHECK(h.sent<protocol::Bye>().size() == 1);
  CHECK(h.of<Exit>().size() == 1);
}

}  // namespace
}  // namespace scanyard::worker
