//! The grammar's promises where they depend on what the catalog says: advice, aliases, derived values, costs.
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "common/spec/expand.hpp"
#include "common/spec/plan.hpp"
#include "common/spec/schema.hpp"
#include "tasks/catalog/vocabulary.hpp"

namespace scanyard {
namespace {

const std::string s3 = "protocol: paper\nfixed: {task: permutation, group: 3, train: 10000, lr: 1e-3}\n";

Result<spec::Expansion> expand(const std::string& yaml) {
  return spec::expand(yaml, "s.yaml", catalog::vocabulary());
}

spec::Expansion expanded(const std::string& yaml) {
  auto expansion = expand(yaml);
  INFO((expansion ? "" : expansion.error().to_string()));
  REQUIRE(expansion);
  return std::move(*expansion);
}

TEST_CASE("a gate for the LSTM is refused with the advice to use a when") {
  const auto refused = expand(s3 +
                              "grid: {model: [bdlru, lstm], hidden: [16], gate: [softmax, sigmoid_l1]}\n"
                              "when: {if: {model: bdlru}, grid: {m: [1, 2]}}\n");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code().text == "catalog.inapplicable_key");
  CHECK(refused.error().to_string() ==
        "s.yaml:3: gate does not apply to model lstm (only to bdlru, hlru); put 'gate' under a 'when' that holds only "
        "where it applies (at gate=softmax, hidden=16, model=lstm)");
  const auto right = expanded(s3 +
                              "grid: {model: [bdlru, lstm], hidden: [16]}\n"
                              "when: {if: {model: bdlru}, grid: {m: [1, 2], gate: [softmax, sigmoid_l1]}}\n");
  CHECK(right.runs.size() == 5);
}

TEST_CASE("sizes follow from a state size, as in the paper's comparisons at equal state") {
  const auto e = expanded(s3 +
                          "grid: {model: [bdlru, hlru, lstm], state: [48, 96]}\n"
                          "when:\n  - {if: model != lstm, grid: {m: [2, 3]}, derive: {hidden: state / m}}\n"
                          "  - {if: {model: lstm}, derive: {hidden: state}}\n");
  CHECK(e.runs.size() == 10);
  for (const auto& shape : e.shapes)
    CHECK((shape.state == 48 || shape.state == 96));
}

TEST_CASE("the parameter count constrains a sweep") {
  const std::string grid =
      "fixed: {model: lstm, task: permutation, group: 3, train: 250, lr: 1e-3}\ngrid: {hidden: [16, 64, 256]}\n";
  const auto all = expanded(grid);
  const double middle = all.shapes[1].parameters;
  CHECK(expanded(grid + "where: parameters <= " + std::to_string(std::int64_t(middle)) + "\n").runs.size() == 2);
}

TEST_CASE("an impossible shape says what would be possible, with the line of the key") {
  const auto refused = expand(
      "fixed: {task: selective_copying, train: 100, lr: 1e-3, model: lstm, hidden: 8}\n"
      "grid:\n  length: [64, 16]\n");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code().text == "catalog.impossible_shape");
  CHECK(refused.error().to_string() ==
        "s.yaml:3: selective_copying needs length > 2*copies + 1: copies 16 needs a length of at least 34, but length "
        "is 16 "
        "(at length=16)");
}

TEST_CASE("the rate that a cosine ends at is no part of a run with a constant rate") {
  const auto e = expanded(s3 + "grid: {model: [lstm], hidden: [16], schedule: [cosine, constant]}\n");
  REQUIRE(e.runs.size() == 2);
  CHECK(e.runs[0].replica_json.find("lr_min") != std::string::npos);
  CHECK(e.runs[1].replica_json.find("lr_min") == std::string::npos);
}

TEST_CASE("versions stand in the shape, so that a change of meaning gives new ids") {
  const auto e = expanded(s3 + "grid: {model: [lstm], hidden: [16]}\n");
  CHECK(e.shapes[0].json.find("\"protocol_version\":") != std::string::npos);
  CHECK(e.shapes[0].json.find("\"generator_version\":") != std::string::npos);
}

TEST_CASE("a plan of a real sweep has a cost") {
  const auto e = expanded(s3 + "grid: {model: [lstm], hidden: [16, 64]}\nseeds: 5\n");
  const auto plan = spec::make_plan(e, {}, {.max_replicas = 5, .flops_per_s = 1e12});
  CHECK(plan.total.packs == 2);
  CHECK(plan.total.flops > 1e12);
  CHECK(plan.total.slot_s.value() > 1);
  CHECK(plan.replica_bytes_max > 1e6);
}

TEST_CASE("the schema offers the catalog's models, tasks and presets") {
  const auto schema = nlohmann::json::parse(spec::json_schema(catalog::vocabulary()));
  const auto& vocabulary = catalog::vocabulary();
  for (const char* key : {"model", "task", "gate"}) {
    const auto& choices = vocabulary.keys()[vocabulary.find(key).value()].choices;
    CHECK(choices.size() >= 2);
    CHECK(schema["$defs"]["value_" + std::string(key)]["enum"] == nlohmann::json(choices));
  }
  CHECK(schema["properties"]["protocol"]["enum"].size() == vocabulary.presets().size());
  CHECK(schema["$defs"]["value_m"]["maximum"] == 64);
}

}  // namespace
}  // namespace scanyard
