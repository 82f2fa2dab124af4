#include <catch2/catch_test_macros.hpp>

#include "coordinator/core/errc.hpp"
#include "coordinator/core/snapshot.hpp"
#include "tests/coordinator/core/harness.hpp"

namespace scanyard::core {
namespace {

TEST_CASE("a lost worker's pack is leased to another worker") {
  Harness h;
  h.submit(1, 0, 3);
  const PeerId w1 = h.hello({.name = "w1"});
  h.want(w1, 4);
  const auto first = h.grant(w1);
  h.pass(20'000);
  const PeerId w2 = h.hello({.name = "w2"});
  h.want(w2, 4);
  CHECK(h.grants(w2).empty());
  h.pass(10'500);
  const auto second = h.grant(w2);
  CHECK(second.replicas.size() == first.replicas.size());
  CHECK(first.replicas[0].token < second.replicas[0].token);
  CHECK(h.core.counters.leases_expired == 1);
  CHECK(h.core.counters.attempts_lost == 3);
}

TEST_CASE("any message keeps a lease") {
  Harness h;
  h.submit(1, 0, 1);
  const PeerId w = h.hello({});
  h.want(w, 1);
  const auto token = h.grant(w).replicas.at(0).token;
  for (int i = 0; i < 5; ++i) {
    h.pass(20'000);
    h.heartbeat(w, {token});
  }
  CHECK(h.phase(0) == RunPhase::leased);
}

TEST_CASE("a grant that never arrived is found out by the heartbeats") {
  Harness h;
  h.submit(1, 0, 1);
  const PeerId w = h.hello({});
  h.want(w, 1);
  const auto token = h.grant(w).replicas.at(0).token;
  h.pass(2'000);
  h.heartbeat(w, {});
  CHECK(h.phase(0) == RunPhase::leased);
  h.pass(2'000);
  h.want(w, 1);
  h.heartbeat(w, {});
  const auto again = h.grant(w);
  CHECK(token < again.replicas.at(0).token);
}

TEST_CASE("an attempt without a lease is revoked when two heartbeats name it") {
  Harness h;
  h.submit(1, 0, 1);
  const PeerId w = h.hello({});
  const Token stray{Epoch{1}, 0};
  h.heartbeat(w, {stray});
  CHECK(h.sent<protocol::Revoke>(w).empty());
  h.heartbeat(w, {stray});
  CHECK(h.sent<protocol::Revoke>(w).at(0).tokens == std::vector<Token>{stray});
}

TEST_CASE("credit waits for work and is used when work arrives") {
  Harness h;
  const PeerId w = h.hello({});
  h.want(w, 2);
  CHECK(h.grants(w).empty());
  h.submit(1, 0, 5);
  CHECK(h.grant(w).replicas.size() == 2);
}

TEST_CASE("credit is replaced, not added up") {
  Harness h;
  const PeerId w = h.hello({});
  h.want(w, 2);
  h.want(w, 2);
  h.want(w, 1);
  h.submit(1, 0, 5);
  CHECK(h.grant(w).replicas.size() == 1);
}

TEST_CASE("progress of a running attempt is written, that of a stale one is not") {
  Harness h;
  h.submit(1, 0, 1);
  const PeerId w = h.hello({});
  h.want(w, 1);
  const auto replica = h.grant(w).replicas.at(0);
  const Token stale{Epoch{1}, 0};
  h.event([&](Core& core, TimePoint now, Effects& out) {
    on_progress(core, w, {{{replica.run, replica.token, {}}, {run_id(5), stale, {}}}}, now, out);
  });
  REQUIRE(h.written<RecordProgress>().size() == 1);
  CHECK(h.written<RecordProgress>()[0].points.size() == 1);
  CHECK(h.sent<protocol::Revoke>(w).at(0).tokens == std::vector<Token>{stale});
  CHECK(h.core.counters.progress_stale == 1);
}

TEST_CASE("released runs are queued again, and only by who holds them") {
  Harness h;
  h.submit(1, 0, 2);
  const PeerId w = h.hello({.name = "w1"});
  const PeerId other = h.hello({.name = "w2"});
  h.want(w, 2);
  const auto replica = h.grant(w).replicas.at(0);
  const protocol::Release release{{{replica.run, replica.token}}, "no trainer"};
  h.event(
      [&](Core& core, TimePoint now, Effects& out) { on_release(core, other, release, now, out); });
  CHECK(h.phase(0) == RunPhase::leased);
  h.event([&](Core& core, TimePoint now, Effects& out) { on_release(core, w, release, now, out); });
  CHECK(h.phase(0) == RunPhase::queued);
  CHECK(h.written<RecordAttempt>().at(0).report.end == AttemptEnd::released);
}

TEST_CASE("a goodbye ends all leases") {
  Harness h;
  h.submit(1, 0, 4);
  const PeerId w = h.hello({});
  h.want(w, 4);
  h.grant(w);
  h.bye(w);
  CHECK(h.sweep(1).queued == 4);
  CHECK(h.written<RecordWorker>().back().state == "gone");
}

TEST_CASE("a run that takes every worker along fails in the end") {
  Harness h({.losses_max = 3});
  h.submit(1, 0, 1);
  for (int i = 0; i < 3; ++i) {
    const PeerId w = h.hello({.name = "w" + std::to_string(i)});
    h.want(w, 1);
    h.grant(w);
    h.pass(31'000);
  }
  h.commit();
  CHECK(h.phase(0) == RunPhase::failed);
  CHECK(h.written<RecordAttempt>().back().report.reason == errc::lost_too_often.text);
}

TEST_CASE("a busy slot whose steps stand still is given up") {
  Harness h({.stall = Duration{60'000}});
  h.submit(1, 0, 1);
  const PeerId w = h.hello({});
  h.want(w, 1);
  const auto token = h.grant(w).replicas.at(0).token;
  std::int64_t steps = 0;
  for (int i = 0; i < 8; ++i) {
    h.pass(10'000);
    h.heartbeat(w, {token}, 0, steps += 100);
  }
  CHECK(h.phase(0) == RunPhase::leased);
  for (int i = 0; i < 7; ++i) {
    h.pass(10'000);
    h.heartbeat(w, {token}, 0, steps);
  }
  CHECK(h.phase(0) == RunPhase::queued);
  CHECK(h.sent<protocol::Revoke>(w).size() >= 1);
  CHECK(h.core.counters.slots_stalled == 1);
}

TEST_CASE("a snapshot shows leases, workers and rates") {
  Harness h;
  h.submit(1, 0, 2);
  const PeerId w = h.hello({});
  h.want(w, 2);
  const auto grant = h.grant(w);
  std::vector<Token> held{grant.replicas[0].token, grant.replicas[1].token};
  h.heartbeat(w, held, 0, 0);
  h.pass(2'000);
  h.heartbeat(w, held, 0, 100);
  const LiveStatus live = snapshot(h.core, h.now);
  CHECK(live.running.size() == 2);
  CHECK(live.running_by_sweep == std::vector<std::pair<SweepId, std::uint64_t>>{{SweepId{1}, 2}});
  REQUIRE(live.workers.size() == 1);
  REQUIRE(live.workers[0].slots.size() == 1);
  CHECK(live.workers[0].slots[0].state == "training");
  CHECK(live.workers[0].slots[0].steps_per_s > 0);
  CHECK(live.workers[0].slots[0].shape_label == "A");
}

TEST_CASE("a snapshot says why a slot takes nothing, until it is well again") {
  Harness h;
  const PeerId w = h.hello({});
  const auto beat = [&](const std::string& trouble) {
    protocol::Heartbeat heartbeat;
    heartbeat.slots.push_back({SlotId{0}, 0, 0, trouble});
    on_heartbeat(h.core, w, heartbeat, h.now, h.out);
    return snapshot(h.core, h.now).workers.at(0).slots.at(0);
  };
  CHECK(beat("trainer.missing").state == "trouble");
  CHECK(beat("trainer.missing").shape_label == "trainer.missing");
  CHECK(beat("").state == "idle");
  CHECK(beat("").shape_label.empty());
}

}  // namespace
}  // namespace scanyard::core
