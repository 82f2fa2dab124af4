//! Messages with every member set, for round trips.
#pragma once

#include <vector>

#include "common/hash.hpp"
#include "common/protocol/messages.hpp"

namespace scanyard::protocol::testing {

inline RunId run_named(std::string_view name) {
  return Hasher().update(name).finish();
}

inline EpochPoint point(std::int32_t epoch) {
  return {epoch, 100 * epoch, 1.0 / epoch, 0.25 + 0.01 * epoch, 0.5, 1.5};
}

inline AttemptReport finished_report(std::string_view name = "a", std::int64_t number = 7) {
  AttemptReport report;
  report.run = run_named(name);
  report.token = {{3}, number};
  report.end = AttemptEnd::finished;
  report.started = {1'700'000'000'000};
  report.ended = {1'700'000'060'000};
  report.slot = 1;
  report.curve = {point(1), point(2)};
  RunOutcome outcome;
  outcome.solved = true;
  outcome.epochs_done = 2;
  outcome.steps_done = 200;
  outcome.at_lowest_perplexity = point(2);
  outcome.at_last = point(2);
  outcome.train_s = 59.5;
  outcome.pack_size = 8;
  outcome.device = "cpu: Ämd, 1 thread";
  outcome.build = "0.1.0";
  report.outcome = outcome;
  return report;
}

inline AttemptReport failed_report(std::string_view name = "b", std::int64_t number = 8) {
  AttemptReport report;
  report.run = run_named(name);
  report.token = {{3}, number};
  report.end = AttemptEnd::failed;
  report.reason = "trainer.killed";
  report.message = "the trainer was killed by signal 9";
  report.log_tail = "line 1\nline 2\n";
  return report;
}

inline std::vector<WorkerMessage> every_worker_message() {
  WorkerInfo info{
      "node1-a", "0123abcd", "node1", "0.1.0", {{{0}, "cpu", "AMD EPYC", 2, 1 << 30, 8}}};
  return {
      Hello{info, {{run_named("a"), {{1}, 5}, {0}}}, 3, 3600},
      Hello{info, {}, 0, std::nullopt},
      Heartbeat{{{{0}, 1234, 8, "trainer.hung"}}, 2, {{{1}, 5}, {{2}, 6}}},
      Want{{1}, 16, true},
      Progress{{{run_named("a"), {{1}, 5}, point(3)}}},
      Results{{finished_report(), failed_report()}},
      Release{{{run_named("a"), {{1}, 5}}}, "worker.shutdown"},
      Bye{"worker.shutdown"},
  };
}

inline std::vector<CoordinatorMessage> every_coordinator_message() {
  return {
      Welcome{{4}, {2000}, {10000}, {{{3}, 1}}, {{{3}, 2}}},
      Grant{{0}, R"({"m":2})", {{run_named("a"), {{4}, 9}, R"({"lr":0.001})"}}},
      Ack{{{run_named("a"), {{4}, 9}, Acknowledged::Verdict::superseded}}},
      Revoke{{{{4}, 9}}, "cancelled"},
      Drain{"scanyard drain"},
      Refuse{"protocol.version", "speak 1", 12},
      Who{{4}},
  };
}

}  // namespace scanyard::protocol::testing
