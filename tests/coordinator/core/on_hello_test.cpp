#include <catch2/catch_test_macros.hpp>

#include "coordinator/core/errc.hpp"
#include "tests/coordinator/core/harness.hpp"

namespace scanyard::core {
namespace {

TEST_CASE("after a restart nothing is granted for two heartbeats") {
  Harness h({}, open_runs(2), Epoch{2});
  const PeerId w = h.hello({});
  h.want(w, 4);
  CHECK(h.grants(w).empty());
  h.pass(3'500);
  CHECK(h.grants(w).empty());
  h.pass(500);
  CHECK(h.grant(w).replicas.size() == 2);
}

TEST_CASE("a start without open runs needs no grace") {
  Harness h;
  h.submit(1, 0, 1);
  const PeerId w = h.hello({});
  h.want(w, 1);
  CHECK(h.grant(w).replicas.size() == 1);
}

TEST_CASE("a running attempt of an earlier epoch is adopted") {
  Harness h({}, open_runs(2), Epoch{2});
  const Token old{Epoch{1}, 7};
  const PeerId w = h.hello({}, {{run_id(0), old, SlotId{0}}});
  const auto welcome = h.sent<protocol::Welcome>(w);
  REQUIRE(welcome.size() == 1);
  CHECK(welcome[0].epoch == Epoch{2});
  CHECK(welcome[0].adopted == std::vector<Token>{old});
  CHECK(h.phase(0) == RunPhase::leased);
  h.report(w, make_report(run_id(0), old, AttemptEnd::finished));
  h.commit();
  CHECK(h.phase(0) == RunPhase::finished);
}

TEST_CASE("an attempt of an earlier epoch is not adopted once its run was leased anew") {
  Harness h({}, open_runs(2), Epoch{2});
  const PeerId first = h.hello({.name = "first"});
  h.want(first, 4);
  h.pass(4'000);
  CHECK(h.grant(first).replicas.size() == 2);
  const Token old{Epoch{1}, 7};
  const PeerId late = h.hello({.name = "late"}, {{run_id(0), old, SlotId{0}}});
  CHECK(h.sent<protocol::Welcome>(late).at(0).dropped == std::vector<Token>{old});
  h.report(late, make_report(run_id(0), old, AttemptEnd::finished));
  const auto acks = h.acks(late);
  REQUIRE(acks.size() == 1);
  CHECK(acks[0].verdict == protocol::Acknowledged::Verdict::superseded);
  CHECK(h.core.counters.results_superseded == 1);
}

TEST_CASE("of two claims to a run from earlier epochs the later lease wins") {
  Harness h({}, open_runs(2), Epoch{3});
  const Token older{Epoch{1}, 9}, newer{Epoch{2}, 1};
  const PeerId a = h.hello({.name = "a"}, {{run_id(0), older, SlotId{0}}});
  const PeerId b = h.hello({.name = "b"}, {{run_id(0), newer, SlotId{0}}});
  CHECK(h.sent<protocol::Welcome>(b).at(0).adopted == std::vector<Token>{newer});
  CHECK(h.sent<protocol::Revoke>(a).at(0).tokens == std::vector<Token>{older});
  CHECK(h.run(0).last_token == newer);
}

TEST_CASE("tokens that were never given are not adopted") {
  Harness h({}, open_runs(2), Epoch{2});
  const Token future{Epoch{9}, 1}, never{Epoch{2}, 50};
  const PeerId w = h.hello({}, {{run_id(0), future, SlotId{0}}, {run_id(1), never, SlotId{0}}});
  CHECK(h.sent<protocol::Welcome>(w).at(0).dropped.size() == 2);
  CHECK(h.core.counters.tokens_invalid == 2);
}

TEST_CASE("a worker that connects again keeps what it trains") {
  Harness h;
  h.submit(1, 0, 2);
  const PeerId before = h.hello({});
  h.want(before, 2);
  const auto grant = h.grant(before);
  std::vector<protocol::RunningReplica> running;
  for (const auto& replica : grant.replicas)
    running.push_back({replica.run, replica.token, SlotId{0}});
  const PeerId after = h.hello({}, running);
  CHECK(h.sent<protocol::Welcome>(after).at(0).adopted.size() == 2);
  h.report(after, grant.replicas[0]);
  h.commit();
  CHECK(h.acks(after).size() == 1);
}

TEST_CASE("what a restarted worker does not hold any more is granted again") {
  Harness h;
  h.submit(1, 0, 1);
  const PeerId before = h.hello({.instance = "one"});
  h.want(before, 1);
  h.grant(before);
  const PeerId after = h.hello({.instance = "two"});
  CHECK(h.phase(0) == RunPhase::queued);
  CHECK(h.written<RecordAttempt>().at(0).report.end == AttemptEnd::lost);
  h.want(after, 1);
  CHECK(h.grant(after).replicas.size() == 1);
}

TEST_CASE("a restarted worker with a full outbox may still deliver what it finished") {
  Harness h;
  h.submit(1, 0, 1);
  const PeerId before = h.hello({.instance = "one"});
  h.want(before, 1);
  const auto replica = h.grant(before).replicas.at(0);
  const PeerId after = h.hello({.instance = "two"}, {}, 1);
  CHECK(h.phase(0) == RunPhase::leased);
  h.want(after, 1);
  CHECK(h.grants(after).empty());
  h.report(after, replica);
  h.commit();
  CHECK(h.phase(0) == RunPhase::finished);
}

TEST_CASE("an outbox without the result of a lease does not hold the run for ever") {
  Harness h;
  h.submit(1, 0, 1);
  const PeerId before = h.hello({.instance = "one"});
  h.want(before, 1);
  h.grant(before);
  const PeerId after = h.hello({.instance = "two"}, {}, 3);
  h.pass(5'000);
  h.heartbeat(after, {Token{Epoch{1}, 77}}, 3);
  CHECK(h.phase(0) == RunPhase::queued);
}

TEST_CASE("a process whose name was taken over is refused and does not take it back") {
  Harness h;
  h.submit(1, 0, 1);
  const PeerId old = h.hello({.instance = "one"});
  h.hello({.instance = "two"});
  h.heartbeat(old, {});
  CHECK(h.sent<protocol::Who>(old).size() == 1);
  const PeerId again = h.hello({.instance = "one"});
  const auto refusals = h.sent<protocol::Refuse>(again);
  REQUIRE(refusals.size() == 1);
  CHECK(refusals[0].code == errc::worker_replaced.text);
}

TEST_CASE("a hello that makes no sense is refused and changes nothing") {
  Harness h;
  const PeerId nameless = h.hello({.name = ""});
  CHECK(h.sent<protocol::Refuse>(nameless).at(0).code == errc::bad_hello.text);
  const PeerId slotless = h.hello({.slots = 0});
  CHECK(h.sent<protocol::Refuse>(slotless).at(0).code == errc::bad_hello.text);
  const PeerId crowded = h.hello({.slots = 1000});
  CHECK(h.sent<protocol::Refuse>(crowded).at(0).code == errc::bad_hello.text);
  CHECK(h.core.workers.size() == 0);
  CHECK(h.core.counters.hellos_refused == 3);
}

TEST_CASE("a connection that never said hello is asked who it is, once per heartbeat") {
  Harness h;
  const PeerId stranger{77};
  h.heartbeat(stranger, {});
  h.heartbeat(stranger, {});
  CHECK(h.sent<protocol::Who>(stranger).size() == 1);
  h.pass(2'000);
  h.want(stranger, 4);
  CHECK(h.sent<protocol::Who>(stranger).size() == 1);
  CHECK(h.core.counters.messages_unknown_peer == 3);
}

}  // namespace
}  // namespace scanyard::core
