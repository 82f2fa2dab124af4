#include "coordinator/service/answers.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

namespace scanyard::service {
namespace {

using Json = nlohmann::json;

TEST_CASE("a finished run's explanation says how it ended and which attempts it had") {
  RunDetail run;
  run.state = RunState::finished;
  run.shape_json = R"({"m":2})";
  run.replica_json = R"({"seed":1})";
  run.outcome = RunOutcome{};
  run.outcome->epochs_done = 3;
  run.outcome->steps_done = 300;
  run.outcome->train_s = 12;
  run.outcome->solved = true;
  run.outcome->at_lowest_perplexity = EpochPoint{2, 200, 0.1, 0.9951, 0.99, 1.1};
  AttemptSummary attempt;
  attempt.token = Token{Epoch{2}, 5};
  attempt.worker = "w1";
  attempt.end = "failed";
  attempt.reason = "trainer.killed";
  attempt.message = "signal 9";
  run.attempts.push_back(attempt);
  const auto json = Json::parse(explain_json(run, std::nullopt));
  const auto& reasons = json["explanation"]["reasons"];
  REQUIRE(reasons.size() == 2);
  CHECK(reasons[0]["code"] == "ended.finished");
  CHECK(reasons[0]["sentence"] ==
        "It finished after 3 epochs (300 steps, 12.0 s), solved, test accuracy 0.9951 at the epoch "
        "with the lowest test "
        "perplexity (2).");
  CHECK(reasons[1]["sentence"] == "Attempt 2.5 on worker w1: failed (trainer.killed): signal 9.");
}

TEST_CASE("what the coordinator says of an open run comes before what the database knows") {
  RunDetail run;
  run.state = RunState::queued;
  run.shape_json = run.replica_json = "{}";
  core::Explanation live;
  live.reasons.push_back({"waiting.no_worker", "No worker is connected."});
  live.runs_ahead = 7;
  const auto json = Json::parse(explain_json(run, live));
  CHECK(json["explanation"]["reasons"].size() == 1);
  CHECK(json["explanation"]["reasons"][0]["code"] == "waiting.no_worker");
  CHECK(json["explanation"]["runs_ahead"] == 7);
}

TEST_CASE("a status holds the coordinator, its sweeps and its workers") {
  ServerStatus server;
  server.epoch = Epoch{3};
  SweepSummary sweep;
  sweep.id = SweepId{1};
  sweep.counts.queued = 4;
  const auto json = Json::parse(status_json(server, {sweep}, {WorkerStatus{}}));
  CHECK(json["coordinator"]["epoch"] == 3);
  CHECK(json["sweeps"][0]["runs"]["queued"] == 4);
  CHECK(json["workers"].size() == 1);
}

TEST_CASE("known runs travel as triples") {
  const auto json = Json::parse(known_runs_json({{5, RunState::finished, SweepId{2}}}));
  CHECK(json["known"] == Json::array({Json::array({5, "finished", 2})}));
}

}  // namespace
}  // namespace scanyard::service
