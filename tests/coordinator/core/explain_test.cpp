#include "coordinator/core/explain.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/coordinator/core/harness.hpp"

namespace scanyard::core {
namespace {

Explanation why(Harness& h, int run) {
  const auto found = explain(h.core, run_id(run), h.now);
  REQUIRE(found);
  REQUIRE_FALSE(found->reasons.empty());
  return *found;
}

bool names(const Explanation& explanation, const std::string& code) {
  return std::any_of(explanation.reasons.begin(), explanation.reasons.end(),
                     [&](const Reason& reason) { return reason.code == code; });
}

TEST_CASE("a run that nobody submitted has no explanation") {
  Harness h;
  CHECK_FALSE(explain(h.core, run_id(1), h.now));
}

TEST_CASE("a queued run says that no worker is connected") {
  Harness h;
  h.submit(1, 0, 1);
  CHECK(why(h, 0).reasons[0].code == "waiting.no_worker");
}

TEST_CASE("a queued run says that it does not fit into any slot") {
  Harness h;
  h.submit(1, 0, 1, "A", 5e9);
  h.hello({.memory_bytes = 1'000'000'000});
  const auto explanation = why(h, 0);
  CHECK(explanation.reasons[0].code == "waiting.memory");
  CHECK(explanation.reasons[0].sentence ==
        "It needs 5000.0 MB and the largest of 1 slots has 1000.0 MB.");
}

TEST_CASE("a queued run says how many come before it") {
  Harness h;
  h.submit(1, 0, 6, "A");
  h.submit(2, 10, 1, "B");
  const PeerId w = h.hello({.max_replicas = 2});
  h.want(w, 2);
  const auto explanation = why(h, 10);
  CHECK(names(explanation, "waiting.slots_busy"));
  CHECK(explanation.runs_ahead == 4);
}

TEST_CASE("a queued run says that its sweep is paused") {
  Harness h;
  h.submit(1, 0, 1);
  h.hello({});
  h.event(
      [](Core& core, TimePoint now, Effects& out) { on_pause(core, {1}, SweepId{1}, now, out); });
  h.commit();
  CHECK(names(why(h, 0), "waiting.paused"));
}

TEST_CASE("after a restart a queued run says that workers come first") {
  Harness h({}, open_runs(1), Epoch{2});
  CHECK(why(h, 0).reasons[0].code == "waiting.grace");
}

TEST_CASE("a run that failed says how often and how it is tried again") {
  Harness h;
  h.submit(1, 0, 1);
  const PeerId w = h.hello({});
  h.want(w, 1);
  h.report(w, h.grant(w).replicas.at(0), AttemptEnd::failed);
  h.commit();
  const auto explanation = why(h, 0);
  CHECK(names(explanation, "waiting.retry"));
  CHECK(explanation.failures == 1);
}

TEST_CASE("a running run says where, for how long and in what company") {
  Harness h;
  h.submit(1, 0, 2);
  const PeerId w = h.hello({});
  h.want(w, 2);
  h.pass(1'000);
  const auto explanation = why(h, 0);
  CHECK(explanation.state == RunState::running);
  CHECK(explanation.worker == "w1");
  CHECK(explanation.reasons[0].sentence ==
        "Worker w1 trains it in slot 0 for 1.0 s, in a pack of 2; last heard of 1.0 s ago.");
}

}  // namespace
}  // namespace scanyard::core
