#include "common/spec/axis_values.hpp"

#include <catch2/catch_test_macros.hpp>

#include "common/spec/errc.hpp"
#include "common/yaml/errc.hpp"
#include "tests/common/spec/small_vocabulary.hpp"

namespace scanyard::spec {
namespace {

struct Fixture {
  std::string source = "s.yaml";
  Names names{small_vocabulary(), {"size"}};
  ValueTable values;

  Result<std::string> axis(const std::string& key, const std::string& yaml, bool seeds = false) {
    const auto document = yaml::parse("x: " + yaml, source);
    REQUIRE(document);
    const ValueReader reader{source, names, values};
    const yaml::Node& node = *document->root.find("x");
    const Slot slot = *names.slot(key);
    auto ids = seeds ? read_seeds(reader, node, slot) : read_axis(reader, node, slot, key);
    if (!ids) return tl::unexpected<Error>(ids.error());
    std::string text;
    for (const ValueId id : *ids)
      text += (text.empty() ? "" : " ") + values.json(id);
    return text;
  }
  std::string good(const std::string& key, const std::string& yaml, bool seeds = false) {
    auto text = axis(key, yaml, seeds);
    INFO(yaml << ": " << (text ? "" : text.error().to_string()));
    REQUIRE(text);
    return *text;
  }
  std::string bad(const std::string& key, const std::string& yaml, bool seeds = false) {
    auto text = axis(key, yaml, seeds);
    INFO(yaml);
    REQUIRE_FALSE(text);
    return std::string(text.error().code().text) + " | " + text.error().message();
  }
};

TEST_CASE("an axis is a value, a list or a span of whole numbers") {
  Fixture f;
  CHECK(f.good("m", "3") == "3");
  CHECK(f.good("m", "[3, 1, 2]") == "3 1 2");
  CHECK(f.good("m", "2..5") == "2 3 4 5");
  CHECK(f.good("m", "7..7") == "7");
  CHECK(f.good("size", "-1..1") == "-1 0 1");
  CHECK(f.good("model", "[gru, bd]") == R"("gru" "bd")");
  CHECK(f.good("fast", "[true, false]") == "true false");
  CHECK(f.good("lr", "[1e-3, 0.01, 1]") == "0.001 0.01 1");
}

TEST_CASE("log ranges have equal ratios, rounded to three digits, with exact ends") {
  Fixture f;
  CHECK(f.good("lr", "{log: [1e-4, 1e-2], count: 5}") == "1e-04 0.000316 0.001 0.00316 0.01");
  CHECK(f.good("lr", "{log: [0.12345, 1], count: 2}") == "0.12345 1");
  CHECK(f.good("lr", "{log: [1, 0.01], count: 3}") == "1 0.1 0.01");
  CHECK(f.good("lr", "{log: [1e-4, 1e-2], count: 3, digits: 1}") == "1e-04 0.001 0.01");
  CHECK(f.good("hidden", "{log: [16, 1024], factor: 4}") == "16 64 256 1024");
  CHECK(f.good("hidden", "{log: [16, 1000], factor: 2}") == "16 32 64 128 256 512");
}

TEST_CASE("whole numbers of a range are rounded, and what becomes equal is one value") {
  Fixture f;
  CHECK(f.good("hidden", "{log: [16, 64], count: 4}") == "16 25 40 64");
  CHECK(f.good("m", "{log: [1, 8], count: 10}") == "1 2 3 4 5 6 8");
  CHECK(f.good("m", "{linear: [1, 3], count: 9}") == "1 2 3");
}

TEST_CASE("linear ranges have equal steps") {
  Fixture f;
  CHECK(f.good("weight_decay", "{linear: [0, 0.3], count: 4}") == "0 0.1 0.2 0.3");
  CHECK(f.good("hidden", "{linear: [16, 64], step: 16}") == "16 32 48 64");
  CHECK(f.good("hidden", "{linear: [64, 20], step: 16}") == "64 48 32");
  CHECK(f.good("weight_decay", "{linear: [0, 1], step: 0.25}") == "0 0.25 0.5 0.75 1");
}

TEST_CASE("a range that makes no sense says what would") {
  Fixture f;
  const auto is_bad_axis = [&](const char* yaml, const char* part) {
    const std::string refusal = f.bad("hidden", yaml);
    INFO(refusal);
    CHECK(refusal.starts_with("spec.bad_axis | s.yaml:1: 'hidden'"));
    CHECK(refusal.find(part) != std::string::npos);
  };
  is_bad_axis("{count: 3}", "either 'log' or 'linear'");
  is_bad_axis("{log: [1, 2], linear: [1, 2], count: 3}", "either 'log' or 'linear'");
  is_bad_axis("{log: [1, 2, 3], count: 3}", "two ends");
  is_bad_axis("{log: [0, 2], count: 3}", "above 0");
  is_bad_axis("{log: [2, 2], count: 3}", "differ");
  is_bad_axis("{log: [1, 2]}", "either 'count' or 'factor'");
  is_bad_axis("{linear: [1, 2]}", "either 'count' or 'step'");
  is_bad_axis("{linear: [1, 2], count: 3, step: 1}", "either 'count' or 'step'");
  is_bad_axis("{linear: [1, 2], factor: 2}", "'step' belongs to 'linear'");
  is_bad_axis("{log: [1, 2], factor: 1}", "above 1");
  is_bad_axis("{linear: [1, 2], step: 0}", "above 0");
  is_bad_axis("{linear: [1, 2], count: 1}", "from 2 to");
  is_bad_axis("{linear: [1, 2], count: 100000000}", "from 2 to");
  is_bad_axis("{linear: [1, 2000], step: 1e-9}", "at most 1,000,000 values");
  is_bad_axis("{linear: [1.5, 2], count: 3}", "whole numbers");
  is_bad_axis("{linear: [1, 2], count: 3, digits: 0}", "'digits'");
  CHECK(f.bad("hidden", "{lin: [1, 2], count: 3}").starts_with("yaml.unknown_key"));
}

TEST_CASE("spans that are backwards or endless are refused") {
  Fixture f;
  CHECK(f.bad("m", "5..2") == "spec.bad_axis | s.yaml:1: 'm' is 5..2: the first number must not be above the last");
  CHECK(f.bad("m", "1..9999999999").starts_with("spec.bad_axis"));
  CHECK(f.bad("m", "-9223372036854775808..9223372036854775807").starts_with("spec.bad_axis"));
  CHECK(f.bad("m", "1...3").starts_with("yaml.wrong_type"));
  CHECK(f.bad("m", "'1..3'").starts_with("yaml.wrong_type"));
}

TEST_CASE("values are of the key's type and within its limits") {
  Fixture f;
  CHECK(f.bad("m", "[1, two]") == "yaml.wrong_type | s.yaml:1: 'm' must be a whole number, not 'two'");
  CHECK(f.bad("m", "[0]") == "spec.bad_value | s.yaml:1: 'm' must be from 1 to 64, not 0");
  CHECK(f.bad("m", "60..70") == "spec.bad_value | s.yaml:1: 'm' must be from 1 to 64, not 65");
  CHECK(f.bad("m", "[[1]]").starts_with("yaml.wrong_type"));
  CHECK(f.bad("m", "[{a: 1}]").starts_with("yaml.wrong_type"));
  CHECK(f.bad("m", "").starts_with("yaml.wrong_type"));
  CHECK(f.bad("model", "[gur]") == "spec.bad_value | s.yaml:1: 'model' cannot be 'gur'; did you mean 'gru'?");
  CHECK(f.bad("model", "{log: [1, 2], count: 2}").starts_with("yaml.wrong_type"));
  CHECK(f.bad("lr", "[.nan]").starts_with("yaml.wrong_type"));
  CHECK(f.bad("lr", "[.inf]").starts_with("yaml.wrong_type"));
  CHECK(f.bad("lr", "[11]") == "spec.bad_value | s.yaml:1: 'lr' must be from 0 to 10, not 11");
  CHECK(f.bad("fast", "[yes]").starts_with("yaml.wrong_type"));
}

TEST_CASE("an empty axis and a value named twice are refused") {
  Fixture f;
  CHECK(f.bad("m", "[]") == "spec.bad_axis | s.yaml:1: 'm' is an empty list: an axis needs a value");
  CHECK(f.bad("lr", "[1e-3, 0.001]") == "spec.bad_axis | s.yaml:1: 'lr' names the value 0.001 twice");
  CHECK(f.bad("lr", "[0, -0.0]").starts_with("spec.bad_axis"));
}

TEST_CASE("a plain number of seeds counts them, a list names them") {
  Fixture f;
  CHECK(f.good("seed", "3", true) == "1 2 3");
  CHECK(f.good("seed", "[3]", true) == "3");
  CHECK(f.good("seed", "10..12", true) == "10 11 12");
  CHECK(f.good("seed", "{linear: [0, 10], step: 5}", true) == "0 5 10");
  CHECK(f.bad("seed", "0", true).starts_with("spec.bad_axis | s.yaml:1: 'seeds' is how many seeds"));
  CHECK(f.bad("seed", "1e9", true).starts_with("spec.bad_axis"));
  CHECK(f.bad("seed", "[1, 1]", true).starts_with("spec.bad_axis"));
  CHECK(f.bad("seed", "[-1]", true).starts_with("spec.bad_value"));
  CHECK(f.bad("seed", "many", true).starts_with("yaml.wrong_type"));
}

TEST_CASE("rounding keeps significant digits") {
  CHECK(round_to_digits(0.000316227766, 3) == 0.000316);
  CHECK(round_to_digits(123456, 2) == 120000);
  CHECK(round_to_digits(0, 3) == 0);
  CHECK(round_to_digits(0.1 + 0.2, 12) == 0.3);
}

}  // namespace
}  // namespace scanyard::spec
