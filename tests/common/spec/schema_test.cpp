#include "common/spec/schema.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "common/spec/grammar.hpp"
#include "common/yaml/errc.hpp"
#include "tests/common/spec/random_spec.hpp"
#include "tests/common/spec/schema_checker.hpp"
#include "tests/common/spec/small_vocabulary.hpp"
#include "tests/support/rapidcheck_catch2.hpp"

namespace scanyard::spec {
namespace {

using nlohmann::json;

const json& schema() {
  static const json parsed = json::parse(json_schema(small_vocabulary()));
  return parsed;
}

std::set<std::string> keys_of(const json& mapping) {
  std::set<std::string> keys;
  for (const auto& [key, unused] : mapping.items())
    keys.insert(key);
  return keys;
}

std::set<std::string> as_set(const std::vector<std::string>& list) {
  return {list.begin(), list.end()};
}

TEST_CASE("the schema has exactly the keys that the parser accepts, place by place") {
  CHECK(keys_of(schema()["properties"]) == as_set(construct_keys(in_file)));
  CHECK(keys_of(schema()["$defs"]["block"]["properties"]) == as_set(construct_keys(in_block)));
  CHECK(keys_of(schema()["$defs"]["when"]["properties"]) == as_set(construct_keys(in_when)));
  CHECK(keys_of(schema()["properties"]["select"]["properties"]) == as_set(field_keys(selection_fields())));
  CHECK(keys_of(schema()["properties"]["table"]["properties"]) == as_set(field_keys(table_fields())));
  CHECK(keys_of(schema()["$defs"]["range"]["properties"]) == as_set(field_keys(range_fields())));
}

TEST_CASE("every key of a run is known to the schema, the seed only where the parser takes it") {
  std::set<std::string> keys;
  for (const auto& key : small_vocabulary().keys())
    keys.insert(key.name);
  CHECK(keys_of(schema()["$defs"]["axes_and_seed"]["properties"]) == keys);
  keys.erase("seed");
  CHECK(keys_of(schema()["$defs"]["axes"]["properties"]) == keys);
  CHECK(keys_of(schema()["$defs"]["values"]["properties"]) == keys);
}

TEST_CASE("the parser knows every construct of the schema: none is an unknown key to it") {
  const auto is_known = [](const std::string& yaml, const std::string& key) {
    const auto expansion = expand_text(yaml);
    return expansion || expansion.error().message().find("unknown key '" + key + "'") == std::string::npos;
  };
  for (const auto& [key, unused] : schema()["properties"].items())
    CHECK(is_known(key + ": {}\n", key));
  for (const auto& [key, unused] : schema()["$defs"]["block"]["properties"].items()) {
    CHECK(is_known("blocks: [{" + key + ": {}}]\n", key));
  }
  for (const auto& [key, unused] : schema()["$defs"]["when"]["properties"].items()) {
    CHECK(is_known("when: [{if: {m: 1}, " + (key == "if" ? "fixed" : key) + ": {}}]\n", key));
  }
  CHECK_FALSE(is_known("nothing: {}\n", "nothing"));
}

TEST_CASE("specs with every construct satisfy the schema") {
  for (const char* spec :
       {"fixed: {model: gru, hidden: 8, lr: 1e-3}\n",
        "grid: {m: 1..3, lr: {log: [1e-4, 1e-2], count: 3}, fast: [true, false], hidden: {linear: [8, 16], step: 8}}\n",
        "grid: {state: [8, 16], m: 3}\nderive: {hidden: state / m, batch: 64}\nseeds: 1..5\n",
        "zip: {m: [1, 2], lr: [0.1, 1]}\nseeds: {linear: [0, 10], step: 5}\n",
        "zip: [{m: [1, 2]}, {lr: [0.1, 1]}]\nseeds: 3\nlimit: 10\nprotocol: paper\n",
        "when: {if: {m: [1, 2], seed: 1}, fixed: {gate: softmax}}\nwhere: m > 3\n",
        "when: [{if: m > 3 and model == bd, derive: {hidden: m}}]\nwhere: [m > 3, state < 5]\n",
        "exclude: [{m: 1..2}, m > 3]\ninclude: [{m: 8, seed: [1, 2]}]\n",
        "select: {report: last, metric: perplexity, maximise: lr, average: [seed], decimals: 2}\n",
        "table: {rows: [m], columns: state}\nblocks: [{name: a, grid: {m: [1]}}, {seeds: [4]}]\n"}) {
    INFO(spec);
    CHECK(first_violation(schema(), json_from_yaml(spec)) == "");
  }
}

TEST_CASE("what the parser refuses for its form, the schema refuses too") {
  for (const char* spec : {"grdi: {m: [1]}\n",
                           "grid: {m: [two]}\n",
                           "grid: {m: [0]}\n",
                           "grid: {m: []}\n",
                           "grid: {model: [gur]}\n",
                           "fixed: {m: [1, 2]}\n",
                           "grid: {seed: [1]}\n",
                           "fixed: {lr: .nan}\n",
                           "seeds: many\n",
                           "limit: 0\n",
                           "blocks: []\n",
                           "grid: {lr: {lg: [1, 2], count: 2}}\n",
                           "grid: {lr: {log: [1, 2], linear: [1, 2], count: 2}}\n",
                           "select: {report: lst}\n",
                           "select: {maximise: [lrr]}\n",
                           "when: [{fixed: {m: 1}}]\n",
                           "protocol: papre\n",
                           "blocks: [{protocol: paper}]\n",
                           "grid: {m: '1..3'}\nfixed: 3\n",
                           "derive: {gate: [1]}\n"}) {
    INFO(spec);
    CHECK_FALSE(first_violation(schema(), json_from_yaml(spec)).empty());
    CHECK_FALSE(expand_text(spec));
  }
}

TEST_CASE("random specs satisfy the schema") {
  check_property("a spec that expands satisfies the schema",
                 [] { RC_ASSERT(first_violation(schema(), json_from_yaml((*random_spec()).yaml())) == ""); });
}

TEST_CASE("descriptions come from the tables") {
  CHECK(schema()["properties"]["grid"]["description"] == find_construct("grid", in_file)->doc);
  CHECK(schema()["$defs"]["value_m"]["description"] == "an integer");
  CHECK(schema()["$defs"]["value_m"]["maximum"] == 64);
  CHECK(schema()["$defs"]["value_model"]["enum"] == json({"bd", "h", "gru"}));
}

}  // namespace
}  // namespace scanyard::spec
