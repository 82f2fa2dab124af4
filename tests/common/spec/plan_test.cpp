#include "common/spec/plan.hpp"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "common/spec/plan_render.hpp"
#include "tests/common/spec/small_vocabulary.hpp"

namespace scanyard::spec {
namespace {

/// 2 sizes x 5 seeds of gru, and bd at two m: shapes of 5 runs each; a run of hidden h costs
/// 1000 h * 100 + 5000 operations and 1 MiB.
const std::string spec =
    "name: sizes\ndescription: how large\nfixed: {lr: 0.1}\nseeds: 5\n"
    "blocks:\n"
    "  - {name: plain, fixed: {model: gru}, grid: {hidden: [8, 16]}}\n"
    "  - {name: blocks, fixed: {model: bd, hidden: 8}, grid: {m: [1, 2]}}\n";

Expansion expansion_of(const std::string& yaml = spec) {
  auto expansion = expand_text(yaml);
  INFO((expansion ? "" : expansion.error().to_string()));
  REQUIRE(expansion);
  return std::move(*expansion);
}

TEST_CASE("a plan counts runs, cells, packs and cost, per block and in all") {
  const Plan plan = make_plan(expansion_of(), {}, {.max_replicas = 4, .flops_per_s = 1e5});
  CHECK(plan.total.runs == 20);
  CHECK(plan.total.new_runs == 20);
  CHECK(plan.total.cells == 4);
  CHECK(plan.total.packs == 8);
  CHECK(plan.shapes == 4);
  REQUIRE(plan.blocks.size() == 2);
  CHECK(plan.blocks[0].name == "plain");
  CHECK(plan.blocks[0].packs == 4);
  CHECK(plan.blocks[0].flops == Catch::Approx(5 * (800'000 + 5000) + 5 * (1'600'000 + 5000)));
  CHECK(plan.blocks[1].line == 7);
  CHECK(plan.total.flops == Catch::Approx(plan.blocks[0].flops + plan.blocks[1].flops));
  CHECK(plan.total.slot_s.value() == Catch::Approx(plan.total.flops / 1e5));
}

TEST_CASE("known runs are not trained again, and the plan says who trained them") {
  const Expansion e = expansion_of();
  const std::vector<KnownRun> known = {{0, RunState::finished, SweepId{3}}, {1, RunState::diverged, SweepId{4}},
                                       {2, RunState::finished, SweepId{4}}, {3, RunState::running, SweepId{4}},
                                       {10, RunState::failed, SweepId{4}},  {11, RunState::cancelled, SweepId{4}}};
  const Plan plan =
      make_plan(e, known, {.max_replicas = 4, .known_from = "a.db", .sweep_names = {{SweepId{4}, "old"}}});
  CHECK(plan.total.done == 3);
  CHECK(plan.total.open == 1);
  CHECK(plan.total.failed == 2);
  CHECK(plan.total.new_runs == 14);
  CHECK(plan.total.to_train() == 17);
  CHECK(plan.blocks[0].done == 3);
  CHECK(plan.blocks[1].failed == 2);
  CHECK(plan.blocks[0].packs == 1 + 2);
  REQUIRE(plan.done_in.size() == 2);
  CHECK(plan.done_in[0].sweep == SweepId{4});
  CHECK(plan.done_in[0].name == "old");
  CHECK(plan.done_in[0].runs == 2);
}

TEST_CASE("a slot's memory bounds its packs") {
  const Plan plan = make_plan(expansion_of(), {}, {.max_replicas = 4, .memory_bytes = 2.5 * (1 << 20)});
  CHECK(plan.total.packs == 4 * 3);
  CHECK(plan.shapes_too_large == 0);
  const Plan small = make_plan(expansion_of(), {}, {.max_replicas = 4, .memory_bytes = 1000});
  CHECK(small.total.packs == 20);
  CHECK(small.shapes_too_large == 4);
  CHECK(plan_text(small).find("Warning: 4 shapes too large for a slot") != std::string::npos);
}

TEST_CASE("measured seconds win over the rate, and what is not known is not guessed") {
  PlanOptions options;
  options.seconds_per_run = [](const std::string& shape) {
    return shape.find("gru") != std::string::npos ? std::optional(2.0) : std::nullopt;
  };
  const Plan some = make_plan(expansion_of(), {}, options);
  CHECK(some.blocks[0].slot_s == 20.0);
  CHECK_FALSE(some.blocks[1].slot_s);
  CHECK_FALSE(some.total.slot_s);
  options.flops_per_s = 1e6;
  const Plan all = make_plan(expansion_of(), {}, options);
  CHECK(all.total.slot_s.value() == Catch::Approx(20 + 10 * 0.805));
}

TEST_CASE("runs of one shape that two blocks name share a pack in the total") {
  const Plan plan = make_plan(
      expansion_of("fixed: {model: gru, hidden: 8}\nblocks:\n  - {fixed: {lr: 0.1}}\n  - {fixed: {lr: 0.2}}\n"), {},
      {.max_replicas = 8});
  CHECK(plan.blocks[0].packs + plan.blocks[1].packs == 2);
  CHECK(plan.total.packs == 1);
}

TEST_CASE("the text of a plan is aligned and complete") {
  const std::vector<KnownRun> known = {{0, RunState::finished, SweepId{3}}};
  const Plan plan = make_plan(expansion_of(), known,
                              {.max_replicas = 4, .slots = 2, .flops_per_s = 1e5, .known_from = "scanyard.db"});
  CHECK(plan_text(plan) ==
        "sizes\n"
        "how large\n"
        "\n"
        "block   cells  runs  done  open  failed  new  packs        cost   slot time\n"
        "plain       2    10     1     0       0    9      3  11.2 MFLOP  1 min 52 s\n"
        "blocks      2    10     0     0       0   10      4  8.05 MFLOP  1 min 21 s\n"
        "in all      4    20     1     0       0   19      7  19.3 MFLOP  3 min 13 s\n"
        "\n"
        "Done already in scanyard.db: 1 in sweep 3.\n"
        "Packs: runs of one shape (4 shapes), up to 4 together; a run of the largest takes about 1.05 MB.\n"
        "Time: 1 min 36 s on 2 slots, if no run stops early.\n");
}

TEST_CASE("the text says what was not asked and what is not known") {
  const std::string text = plan_text(make_plan(expansion_of(), {}, {}));
  CHECK(text.find("Nothing was asked about runs that are done already.") != std::string::npos);
  CHECK(text.find("Time: not known") != std::string::npos);
  CHECK(text.find("failed") == std::string::npos);
}

TEST_CASE("the JSON of a plan holds the same numbers") {
  const std::vector<KnownRun> known = {{0, RunState::finished, SweepId{3}}};
  const auto json = nlohmann::json::parse(plan_json(make_plan(expansion_of(), known, {.known_from = "x.db"})));
  CHECK(json["total"]["runs"] == 20);
  CHECK(json["total"]["done"] == 1);
  CHECK(json["total"]["slot_s"].is_null());
  CHECK(json["blocks"][1]["name"] == "blocks");
  CHECK(json["done_in"][0]["sweep"] == 3);
  CHECK(json["selection"]["metric"] == "accuracy");
  CHECK(nlohmann::json::parse(plan_json(make_plan(expansion_of(), {}, {})))["known_from"].is_null());
}

TEST_CASE("the list has one line a run with what differs") {
  const Expansion e = expansion_of();
  const std::vector<KnownRun> known = {{1, RunState::finished, SweepId{3}}};
  std::vector<std::string> lines;
  list_runs_text(e, known, [&](std::string_view line) { lines.emplace_back(line); });
  REQUIRE(lines.size() == 20);
  CHECK(lines[0] == e.runs[0].id.hex() + "  new       hidden=8 model=gru seed=1\n");
  CHECK(lines[1] == e.runs[1].id.hex() + "  finished  hidden=8 model=gru seed=2\n");
  CHECK(lines[19] == e.runs[19].id.hex() + "  new       hidden=8 m=2 model=bd seed=5\n");
}

TEST_CASE("the list as JSON lines has everything of a run") {
  const Expansion e = expansion_of();
  const std::vector<KnownRun> known = {{1, RunState::finished, SweepId{3}}};
  std::vector<nlohmann::json> lines;
  list_runs_json(e, known, [&](std::string_view line) { lines.push_back(nlohmann::json::parse(line)); });
  REQUIRE(lines.size() == 20);
  CHECK(lines[0]["state"] == "new");
  CHECK(lines[0]["sweep"].is_null());
  CHECK(lines[1]["sweep"] == 3);
  CHECK(lines[12]["block"] == "blocks");
  CHECK(lines[12]["shape"]["model"] == "bd");
  CHECK(lines[12]["replica"]["lr"] == 0.1);
}

TEST_CASE("large numbers have a prefix and three digits") {
  CHECK(with_prefix(0, "B") == "0 B");
  CHECK(with_prefix(999, "B") == "999 B");
  CHECK(with_prefix(999.6, "B") == "1.00 kB");
  CHECK(with_prefix(12345, "FLOP") == "12.3 kFLOP");
  CHECK(with_prefix(9.996e9, "FLOP") == "10.0 GFLOP");
  CHECK(with_prefix(1.5e18, "FLOP") == "1.50 EFLOP");
}

}  // namespace
}  // namespace scanyard::spec
