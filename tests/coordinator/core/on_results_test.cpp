#include <catch2/catch_test_macros.hpp>

#include "tests/coordinator/core/harness.hpp"

namespace scanyard::core {
namespace {

using Verdict = protocol::Acknowledged::Verdict;

struct OneRun : Harness {
  explicit OneRun(CoreOptions options = {}) : Harness(options) {
    submit(1, 0, 1);
    peer = hello({});
    want(peer, 1);
    replica = grant(peer).replicas.at(0);
  }
  void grant_again() {
    want(peer, 1);
    replica = grant(peer).replicas.at(0);
  }
  PeerId peer;
  protocol::GrantedReplica replica;
};

TEST_CASE("a result is acknowledged only after it is on disk") {
  OneRun h;
  h.report(h.peer, h.replica);
  CHECK(h.acks(h.peer).empty());
  CHECK(h.phase(0) == RunPhase::ending);
  h.commit();
  const auto acks = h.acks(h.peer);
  REQUIRE(acks.size() == 1);
  CHECK(acks[0].verdict == Verdict::accepted);
  CHECK(acks[0].token == h.replica.token);
  CHECK(h.phase(0) == RunPhase::finished);
  CHECK(h.sweep(1).open() == 0);
}

TEST_CASE("a repeated result is answered again but not written again") {
  OneRun h;
  h.report(h.peer, h.replica);
  h.report(h.peer, h.replica);
  CHECK(h.acks(h.peer).empty());
  h.commit();
  CHECK(h.acks(h.peer).size() == 1);
  h.report(h.peer, h.replica);
  const auto acks = h.acks(h.peer);
  REQUIRE(acks.size() == 1);
  CHECK(acks[0].verdict == Verdict::duplicate);
  CHECK(h.written<RecordAttempt>().size() == 1);
  CHECK(h.core.counters.results_duplicate == 1);
}

TEST_CASE("a diverged run is a result and is not retried") {
  OneRun h;
  h.report(h.peer, h.replica, AttemptEnd::diverged);
  h.commit();
  CHECK(h.phase(0) == RunPhase::diverged);
}

TEST_CASE("a result after a failed commit is accepted when it comes again") {
  OneRun h;
  h.report(h.peer, h.replica);
  h.fail_commit();
  CHECK(h.acks(h.peer).empty());
  CHECK(h.phase(0) == RunPhase::leased);
  h.report(h.peer, h.replica);
  h.commit();
  CHECK(h.acks(h.peer).size() == 1);
  CHECK(h.phase(0) == RunPhase::finished);
}

TEST_CASE("while the store fails nothing is granted, and a little later it is") {
  OneRun h;
  h.submit(1, 5, 1);
  h.report(h.peer, h.replica);
  h.fail_commit();
  h.want(h.peer, 2);
  CHECK(h.grants(h.peer).empty());
  h.pass(5'000);
  CHECK(h.grants(h.peer).size() == 1);
}

TEST_CASE("a failed attempt is tried again until the limit, then the run has failed") {
  OneRun h({.setback_delay = Duration{0}, .attempts_max = 3});
  for (int attempt = 0; attempt < 2; ++attempt) {
    h.report(h.peer, h.replica, AttemptEnd::failed);
    h.commit();
    CHECK(h.phase(0) == RunPhase::queued);
    h.grant_again();
  }
  h.report(h.peer, h.replica, AttemptEnd::failed);
  h.commit();
  CHECK(h.phase(0) == RunPhase::failed);
  CHECK(h.written<RecordAttempt>().back().state_after == RunState::failed);
  CHECK(h.acks(h.peer).size() == 3);
}

TEST_CASE("a repeated report of a failure counts once") {
  OneRun h({.setback_delay = Duration{0}, .attempts_max = 2});
  h.report(h.peer, h.replica, AttemptEnd::failed);
  h.report(h.peer, h.replica, AttemptEnd::failed);
  h.commit();
  h.report(h.peer, h.replica, AttemptEnd::failed);
  CHECK(h.phase(0) == RunPhase::queued);
  CHECK(h.run(0).failures == 1);
  CHECK(h.written<RecordAttempt>().size() == 1);
}

TEST_CASE("a failure that could not be written is not counted") {
  OneRun h;
  h.report(h.peer, h.replica, AttemptEnd::failed);
  h.fail_commit();
  CHECK(h.run(0).failures == 0);
  h.report(h.peer, h.replica, AttemptEnd::failed);
  h.commit();
  CHECK(h.run(0).failures == 1);
  CHECK(h.acks(h.peer).size() == 1);
}

TEST_CASE("a failure known from before a restart is not counted again") {
  const Token old{Epoch{1}, 3};
  OpenRuns open = open_runs(1);
  open.runs[0].failures = 1;
  open.runs[0].last_token = old;
  open.runs[0].last_token_ended = true;
  Harness h({}, open, Epoch{2});
  const PeerId w = h.hello({}, {}, 1);
  h.report(w, make_report(run_id(0), old, AttemptEnd::failed));
  CHECK(h.acks(w).at(0).verdict == Verdict::duplicate);
  CHECK(h.run(0).failures == 1);
}

TEST_CASE("a released attempt is tried again and does not count as a failure") {
  OneRun h;
  h.report(h.peer, h.replica, AttemptEnd::released);
  h.commit();
  CHECK(h.phase(0) == RunPhase::queued);
  CHECK(h.run(0).failures == 0);
}

TEST_CASE("a result of a superseded lease is refused and counted") {
  OneRun h;
  h.pass(31'000);  // the lease ends
  CHECK(h.phase(0) == RunPhase::queued);
  const PeerId other = h.hello({.name = "w2"});
  h.want(other, 1);
  const auto anew = h.grant(other).replicas.at(0);
  CHECK(h.replica.token < anew.token);
  const PeerId late = h.hello({}, {}, 1);
  h.report(late, h.replica);
  CHECK(h.acks(late).at(0).verdict == Verdict::superseded);
  CHECK(h.core.counters.results_superseded == 1);
  h.report(other, anew);
  h.commit();
  CHECK(h.phase(0) == RunPhase::finished);
}

TEST_CASE("a late result is welcome as long as its run was not leased anew") {
  OneRun h;
  h.pass(31'000);
  const PeerId late = h.hello({}, {}, 1);
  h.report(late, h.replica);
  h.commit();
  CHECK(h.acks(late).at(0).verdict == Verdict::accepted);
  CHECK(h.phase(0) == RunPhase::finished);
}

TEST_CASE("a late failure of a run that waits again moves it among the retried") {
  OneRun h({.setback_delay = Duration{0}});
  h.pass(31'000);
  const PeerId late = h.hello({}, {}, 1);
  h.report(late, h.replica, AttemptEnd::failed);
  h.commit();
  CHECK(h.run(0).failures == 1);
  h.want(late, 1);
  CHECK(h.grant(late).replicas.size() == 1);
}

TEST_CASE("a result of a run that nobody submitted is refused") {
  OneRun h;
  h.report(h.peer, make_report(run_id(99), Token{Epoch{1}, 1}, AttemptEnd::finished));
  CHECK(h.acks(h.peer).at(0).verdict == Verdict::unknown_run);
  CHECK(h.core.counters.results_unknown_run == 1);
}

TEST_CASE("a result that contradicts itself is refused") {
  OneRun h;
  auto report = make_report(h.replica.run, h.replica.token, AttemptEnd::finished);
  report.outcome.reset();
  h.report(h.peer, report);
  CHECK(h.acks(h.peer).at(0).verdict == Verdict::superseded);
  CHECK(h.core.counters.results_malformed == 1);
  CHECK(h.phase(0) == RunPhase::leased);
}

TEST_CASE("a result under an older epoch's token is accepted when the run waits") {
  Harness h({}, open_runs(1), Epoch{5});
  const PeerId w = h.hello({}, {}, 1);
  h.report(w, make_report(run_id(0), Token{Epoch{4}, 12}, AttemptEnd::finished));
  h.commit();
  CHECK(h.phase(0) == RunPhase::finished);
  CHECK(h.acks(w).at(0).verdict == Verdict::accepted);
}

TEST_CASE("a worker that fails pack after pack gets the next one later") {
  OneRun h({.attempts_max = 10});
  for (int i = 0; i < 2; ++i) {
    h.report(h.peer, h.replica, AttemptEnd::failed);
    h.commit();
    h.want(h.peer, 1);
    if (i == 0) h.replica = h.grant(h.peer).replicas.at(0);
  }
  CHECK(h.grants(h.peer).empty());
  h.pass(2'000);
  CHECK(h.grants(h.peer).size() == 1);
}

}  // namespace
}  // namespace scanyard::core
