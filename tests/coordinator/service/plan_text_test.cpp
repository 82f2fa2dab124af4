#include "coordinator/service/plan_text.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "common/spec/expand.hpp"
#include "tasks/catalog/vocabulary.hpp"

namespace scanyard::service {
namespace {

spec::Expansion two_blocks() {
  const char* yaml = R"(name: little
description: For a test.
protocol: demo
fixed: {task: permutation, group: 3, train: 1000, hidden: 8, lr: 0.001}
seeds: 3
blocks:
  - name: blocks
    fixed: {model: bdlru}
    grid: {m: [1, 2]}
  - name: lstm
    fixed: {model: lstm}
)";
  auto expansion = spec::expand(yaml, "little.yaml", catalog::vocabulary());
  REQUIRE(expansion);
  return *expansion;
}

TEST_CASE("a plan says what is new, what is done and where, and what it costs") {
  const auto expansion = two_blocks();
  const std::vector<KnownRun> known = {{0, RunState::finished, SweepId{4}},
                                       {1, RunState::failed, SweepId{4}}};
  spec::PlanOptions options;
  options.max_replicas = 8;
  options.slots = 2;
  options.flops_per_s = 1e9;
  options.known_from = "scanyard.db";
  options.sweep_names = {{SweepId{4}, "older"}};
  const auto text = plan_text(spec::make_plan(expansion, known, options), "little.yaml");
  INFO(text);
  CHECK(text.starts_with("little (little.yaml): For a test.\n"));
  CHECK(text.find("runs      9: 7 new, 1 done already, 1 failed or cancelled before\n") !=
        std::string::npos);
  CHECK(text.find("1 of them done in sweep 4 (older)\n") != std::string::npos);
  CHECK(text.find("packs     3 of up to 8 runs, from 3 shapes\n") != std::string::npos);
  CHECK(text.find("on 2 slots") != std::string::npos);
  CHECK(text.find("What is done was asked of scanyard.db.\n") != std::string::npos);
}

TEST_CASE("without a coordinator a plan says that nobody was asked") {
  const auto text = plan_text(spec::make_plan(two_blocks(), {}, {}), "little.yaml");
  CHECK(text.find("No coordinator was asked") != std::string::npos);
  CHECK(text.find("its time is not known") != std::string::npos);
}

TEST_CASE("a plan as JSON has the counts by block") {
  const auto json =
      nlohmann::json::parse(plan_json(spec::make_plan(two_blocks(), {}, {}), "little.yaml"));
  CHECK(json["total"]["runs"] == 9);
  REQUIRE(json["blocks"].size() == 2);
  CHECK(json["blocks"][0]["name"] == "blocks");
  CHECK(json["blocks"][0]["runs"] == 6);
  CHECK(json["total"]["slot_s"].is_null());
}

TEST_CASE("the list has one line a run, with its state") {
  const auto expansion = two_blocks();
  const std::vector<KnownRun> known = {{8, RunState::diverged, SweepId{1}}};
  const auto text = run_list_text(expansion, known);
  CHECK(std::count(text.begin(), text.end(), '\n') == 9);
  CHECK(text.starts_with(expansion.runs[0].id.hex() + "\tnew\t{"));
  CHECK(text.find("\tdiverged\t") != std::string::npos);
}

}  // namespace
}  // namespace scanyard::service
