#include "coordinator/core/client.hpp"

#include <catch2/catch_test_macros.hpp>

#include "coordinator/core/errc.hpp"
#include "tests/coordinator/core/harness.hpp"

namespace scanyard::core {
namespace {

void cancel(Harness& h, int request, int sweep) {
  h.event([&](Core& core, TimePoint now, Effects& out) {
    on_cancel(core, {request}, SweepId{sweep}, "a mistake", now, out);
  });
}

TEST_CASE("a cancelled sweep's runs are given up once that is on disk") {
  Harness h;
  h.submit(1, 0, 4);
  const PeerId w = h.hello({});
  h.want(w, 2);
  const auto grant = h.grant(w);
  cancel(h, 1, 1);
  CHECK_FALSE(h.reply(1));
  h.want(w, 4);
  CHECK(h.grants(w).empty());
  h.commit();
  REQUIRE(h.reply(1));
  CHECK(h.reply(1)->has_value());
  CHECK(h.phase(0) == RunPhase::cancelled);
  CHECK(h.phase(3) == RunPhase::cancelled);
  CHECK(h.sent<protocol::Revoke>(w).at(0).tokens.size() == 2);
  CHECK(h.written<CancelRuns>().at(0).runs.size() == 4);
  h.report(w, grant.replicas[0]);
  CHECK(h.acks(w).at(0).verdict == protocol::Acknowledged::Verdict::superseded);
}

TEST_CASE("runs that another sweep wants survive the cancellation of one") {
  Harness h;
  h.submit(1, 0, 4);
  h.submit(2, 2, 4);
  cancel(h, 1, 1);
  h.commit();
  CHECK(h.phase(0) == RunPhase::cancelled);
  CHECK(h.phase(2) == RunPhase::queued);
  CHECK(h.sweep(2).queued == 4);
  CHECK(h.sweep(1).open() == 0);
}

TEST_CASE("a sweep submitted while another is being cancelled keeps the runs that they share") {
  Harness h;
  h.submit(1, 0, 4);
  cancel(h, 1, 1);
  h.submit(2, 2, 2);  // the store applied it before the cancellation
  h.commit();
  CHECK(h.phase(2) == RunPhase::queued);
  CHECK(h.sweep(2).queued == 2);
  REQUIRE(h.written<ReopenRuns>().size() == 1);
  CHECK(h.written<ReopenRuns>()[0].runs.size() == 2);
}

TEST_CASE("runs of two sweeps that are cancelled at once are given up") {
  Harness h;
  h.submit(1, 0, 4);
  h.submit(2, 2, 4);
  cancel(h, 1, 1);
  cancel(h, 2, 2);
  h.commit();
  CHECK(h.phase(2) == RunPhase::cancelled);
  CHECK(h.sweep(1).open() == 0);
  CHECK(h.sweep(2).open() == 0);
}

TEST_CASE("a result that arrives while its sweep is being cancelled is kept") {
  Harness h;
  h.submit(1, 0, 1);
  const PeerId w = h.hello({});
  h.want(w, 1);
  const auto replica = h.grant(w).replicas.at(0);
  cancel(h, 1, 1);
  h.report(w, replica);
  h.commit();
  CHECK(h.phase(0) == RunPhase::finished);
  CHECK(h.acks(w).at(0).verdict == protocol::Acknowledged::Verdict::accepted);
}

TEST_CASE("a cancellation that cannot be written has not happened") {
  Harness h;
  h.submit(1, 0, 2);
  const PeerId w = h.hello({});
  cancel(h, 1, 1);
  h.fail_commit();
  REQUIRE(h.reply(1));
  CHECK_FALSE(h.reply(1)->has_value());
  h.want(w, 2);
  h.pass(5'000);
  CHECK(h.grant(w).replicas.size() == 2);
}

TEST_CASE("cancelled runs can be submitted again, and their old attempts do not come back") {
  Harness h;
  h.submit(1, 0, 1);
  const PeerId w = h.hello({});
  h.want(w, 1);
  h.grant(w);
  cancel(h, 1, 1);
  h.commit();
  h.submit(2, 0, 1);
  CHECK(h.phase(0) == RunPhase::queued);
  CHECK(h.sweep(2).queued == 1);
  CHECK(h.sweep(1).open() == 0);
  h.want(w, 1);
  CHECK(h.grant(w).replicas.size() == 1);
}

TEST_CASE("a retry opens failed runs again with all their attempts") {
  Harness h({.attempts_max = 1});
  h.submit(1, 0, 1);
  const PeerId w = h.hello({});
  h.want(w, 1);
  h.report(w, h.grant(w).replicas.at(0), AttemptEnd::failed);
  h.commit();
  CHECK(h.phase(0) == RunPhase::failed);
  RetryOutcome outcome;
  outcome.sweep = {SweepId{1}, "sweep1", "active", 0};
  outcome.shapes.push_back({R"({"model":"A"})", 1e9, 1e6});
  OpenRun run;
  run.id = run_id(0);
  run.replica_json = "{}";
  run.sweeps = {SweepId{1}};
  outcome.open.push_back(run);
  h.event([&](Core& core, TimePoint now, Effects& out) { on_retried(core, outcome, now, out); });
  CHECK(h.phase(0) == RunPhase::queued);
  CHECK(h.run(0).failures == 0);
  h.want(w, 1);
  CHECK(h.grant(w).replicas.size() == 1);
}

TEST_CASE("a paused sweep is not granted, and goes on when it is resumed") {
  Harness h;
  h.submit(1, 0, 2);
  const PeerId w = h.hello({});
  h.event(
      [](Core& core, TimePoint now, Effects& out) { on_pause(core, {1}, SweepId{1}, now, out); });
  h.commit();
  CHECK(h.written<SetSweepState>().at(0).state == "paused");
  h.want(w, 2);
  CHECK(h.grants(w).empty());
  h.event(
      [](Core& core, TimePoint now, Effects& out) { on_resume(core, {2}, SweepId{1}, now, out); });
  h.commit();
  CHECK(h.grant(w).replicas.size() == 2);
  CHECK(h.reply(2)->has_value());
}

TEST_CASE("commands about sweeps that are not open are refused with the reason") {
  Harness h;
  cancel(h, 1, 7);
  REQUIRE(h.reply(1));
  CHECK(h.reply(1)->error().code() == errc::sweep_not_open);
  h.submit(1, 0, 1);
  h.event(
      [](Core& core, TimePoint now, Effects& out) { on_resume(core, {2}, SweepId{1}, now, out); });
  CHECK(h.reply(2)->error().code() == errc::sweep_state);
}

TEST_CASE("a drained worker gets nothing new and keeps what it has") {
  Harness h;
  h.submit(1, 0, 4);
  const PeerId w = h.hello({});
  h.want(w, 2);
  const auto grant = h.grant(w);
  h.event([](Core& core, TimePoint now, Effects& out) { on_drain(core, {1}, "w1", now, out); });
  CHECK(h.sent<protocol::Drain>(w).size() == 1);
  h.want(w, 2);
  CHECK(h.grants(w).empty());
  h.report(w, grant.replicas[0]);
  h.commit();
  CHECK(h.acks(w).size() == 1);
  h.event([](Core& core, TimePoint now, Effects& out) { on_drain(core, {2}, "w9", now, out); });
  CHECK(h.reply(2)->error().code() == errc::no_such_worker);
}

TEST_CASE("a stopping coordinator grants nothing and still commits") {
  Harness h;
  h.submit(1, 0, 4);
  const PeerId w = h.hello({});
  h.want(w, 2);
  const auto grant = h.grant(w);
  h.event([](Core& core, TimePoint now, Effects& out) { on_stop(core, now, out); });
  h.want(w, 2);
  CHECK(h.grants(w).empty());
  h.report(w, grant.replicas[0]);
  h.commit();
  CHECK(h.acks(w).size() == 1);
}

}  // namespace
}  // namespace scanyard::core
