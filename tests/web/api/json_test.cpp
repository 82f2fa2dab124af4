#include "web/api/json.hpp"

#include <catch2/catch_test_macros.hpp>

#include <nlohmann/json.hpp>

#include "tests/web/fake_sweeps.hpp"

namespace scanyard::web {
namespace {

using Json = nlohmann::json;

TEST_CASE("what does not exist is null, not left out") {
  const Json cell = Json::parse(cell_json({}, {CellRun{}}));
  for (const char* name : {"value", "mean", "standard_deviation", "best_run", "best_axes",
                           "published", "state_size"}) {
    INFO(name);
    REQUIRE(cell.contains(name));
    CHECK(cell[name].is_null());
  }
  CHECK(cell["members"][0]["value"].is_null());
  CHECK(cell["members"][0]["epoch"].is_null());
  const Json run = Json::parse(run_json({}));
  CHECK(run["outcome"].is_null());
  CHECK(run["attempts"].is_array());
}

TEST_CASE("bytes that are no UTF-8 do not break the JSON") {
  RunDetail run;
  run.attempts.push_back({{{1}, 2}, "w", 0, "failed", "r", "m", fake_log_tail(), {0}, {}});
  const Json json = Json::parse(run_json(run));
  const std::string tail = json["attempts"][0]["log_tail"];
  CHECK(tail.find("std::bad_alloc") != std::string::npos);
  CHECK(json["attempts"][0]["ended"].is_null());
}

TEST_CASE("configurations are objects, and text that is none stays text") {
  RunDetail run;
  run.shape_json = R"({"m":5})";
  run.replica_json = "{broken";
  const Json json = Json::parse(run_json(run));
  CHECK(json["shape"]["m"] == 5);
  CHECK(json["replica"] == "{broken");
}

TEST_CASE("a selection is written in words") {
  SweepDetail sweep;
  sweep.selection.maximise = {"lr", "seed"};
  sweep.selection.metric = spec::Metric::perplexity;
  sweep.selection.report = spec::ReportedEpoch::last;
  const Json selection = Json::parse(sweep_json(sweep))["selection"];
  CHECK(selection["metric"] == "perplexity");
  CHECK(selection["report"] == "last");
  CHECK(selection["maximise"] == Json({"lr", "seed"}));
}

TEST_CASE("a curve as CSV has one line an epoch with numbers that read back the same") {
  CHECK(curve_csv({{1, 79, 1.25, 0.5, 0.1, 1e300}}) ==
        "epoch,step,train_loss,test_accuracy,test_micro_accuracy,test_perplexity\r\n"
        "1,79,1.25,0.5,0.1,1e+300\r\n");
}

}  // namespace
}  // namespace scanyard::web
