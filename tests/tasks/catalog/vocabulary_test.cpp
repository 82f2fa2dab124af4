#include "tasks/catalog/vocabulary.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cmath>

#include "tasks/catalog/errc.hpp"
#include "tests/tasks/catalog/build.hpp"

namespace scanyard::catalog::test {
namespace {

using Catch::Matchers::ContainsSubstring;

const spec::Value* value(const spec::Assignment& assignment, const char* key) {
  const auto& slot = assignment.at(vocabulary().find(key).value());
  return slot ? &*slot : nullptr;
}

Error failure(const std::vector<Given>& given) {
  spec::Assignment work = assignment(given);
  const spec::Assignment before = work;
  const auto ok = vocabulary().complete(work);
  REQUIRE_FALSE(ok);
  CHECK(work == before);
  return ok.error();
}

TEST_CASE("keys are sorted and named once") {
  const auto keys = vocabulary().keys();
  const auto in_order = [](const spec::Key& a, const spec::Key& b) { return a.name < b.name; };
  CHECK(std::is_sorted(keys.begin(), keys.end(), in_order));
  CHECK(std::adjacent_find(keys.begin(), keys.end(),
                           [](auto& a, auto& b) { return a.name == b.name; }) == keys.end());
  for (const auto& key : keys)
    CHECK_FALSE(key.doc.empty());
}

TEST_CASE("only rate, its minimum, decay, early stop and seed may differ within a pack") {
  std::vector<std::string> replica;
  for (const auto& key : vocabulary().keys()) {
    if (key.scope == spec::KeyScope::replica) replica.push_back(key.name);
  }
  CHECK(replica == std::vector<std::string>{"early_stop", "lr", "lr_min", "seed", "weight_decay"});
}

TEST_CASE("completing fills defaults and versions") {
  const auto run = completed(bdlru_s5());
  CHECK(*value(run, "gate") == spec::Value(std::string("softmax")));
  CHECK(*value(run, "length") == spec::Value(std::int64_t(16)));
  CHECK(*value(run, "epochs") == spec::Value(std::int64_t(200)));
  CHECK(*value(run, "lr_min") == spec::Value(1e-5));
  CHECK(*value(run, "weight_decay") == spec::Value(0.0));
  CHECK(*value(run, "protocol_version") == spec::Value(std::int64_t(1)));
  CHECK(*value(run, "generator_version") == spec::Value(std::int64_t(1)));
  CHECK(value(run, "vocab") == nullptr);
  CHECK(value(run, "copies") == nullptr);
  CHECK(*value(completed(lstm_copying()), "length") == spec::Value(std::int64_t(64)));
}

TEST_CASE("completing a complete assignment changes nothing") {
  auto run = completed(bdlru_s5());
  const auto before = run;
  REQUIRE(vocabulary().complete(run));
  CHECK(run == before);
}

TEST_CASE("hlru with one lag is bdlru with blocks of one, with more lags it is not") {
  CHECK(completed(with(bdlru_s5(), {{"model", "hlru"}, {"m", 1}})) ==
        completed(with(bdlru_s5(), {{"m", 1}})));
  CHECK(completed(with(bdlru_s5(), {{"model", "hlru"}, {"m", 2}})) !=
        completed(with(bdlru_s5(), {{"m", 2}})));
}

TEST_CASE("the minimum rate has no meaning under a constant schedule and is dropped") {
  const auto constant = with(bdlru_s5(), {{"schedule", "constant"}});
  CHECK(completed(constant) == completed(with(constant, {{"lr_min", 1e-4}})));
  CHECK(value(completed(constant), "lr_min") == nullptr);
}

TEST_CASE("a key that is needed and absent is named with its meaning") {
  auto given = bdlru_s5();
  std::erase_if(given, [](const Given& one) { return one.key == "hidden"; });
  const Error error = failure(given);
  CHECK(error.code() == errc::missing_key);
  CHECK_THAT(error.message(), ContainsSubstring("hidden is missing: model bdlru needs it"));
  CHECK(failure({{"model", "bdlru"}}).code() == errc::missing_key);
  CHECK(failure({{"task", "permutation"}}).code() == errc::missing_key);
}

TEST_CASE("a key of another model or task is refused and says where it belongs") {
  const Error gate = failure(with(lstm_copying(), {{"gate", "softmax"}}));
  CHECK(gate.code() == errc::inapplicable_key);
  CHECK(gate.message() == "gate does not apply to model lstm (only to bdlru, hlru)");
  const Error copies = failure(with(bdlru_s5(), {{"copies", 4}}));
  CHECK(copies.code() == errc::inapplicable_key);
  CHECK(copies.message() ==
        "copies does not apply to task permutation (only to selective_copying)");
}

TEST_CASE("values outside their range, choices or type are refused") {
  CHECK(failure(with(bdlru_s5(), {{"m", 65}})).message() ==
        "m: 65 is not allowed; it must be 1 to 64");
  CHECK(failure(with(bdlru_s5(), {{"m", 0}})).code() == errc::bad_value);
  CHECK(failure(with(bdlru_s5(), {{"hidden", 0}})).code() == errc::bad_value);
  CHECK(failure(with(bdlru_s5(), {{"group", 6}})).code() == errc::bad_value);
  CHECK(failure(with(bdlru_s5(), {{"lr", 0.0}})).code() == errc::bad_value);
  auto not_a_number = assignment(with(bdlru_s5(), {{"lr", std::nan("")}}));
  CHECK(vocabulary().complete(not_a_number).error().code() == errc::bad_value);
  CHECK(failure(with(bdlru_s5(), {{"seed", -1}})).code() == errc::bad_value);
  CHECK(failure(with(bdlru_s5(), {{"m", "five"}})).message() ==
        "m: 'five' is not allowed; it must be an integer");
  CHECK_THAT(failure(with(bdlru_s5(), {{"gate", "soft"}})).message(),
             ContainsSubstring("one of softmax, sigmoid_l1"));
}

TEST_CASE("a version that this build does not implement is refused") {
  CHECK(failure(with(bdlru_s5(), {{"protocol_version", 2}})).code() == errc::bad_value);
  CHECK(failure(with(bdlru_s5(), {{"generator_version", 7}})).code() == errc::bad_value);
}

TEST_CASE("copying needs room for the tokens, the copy token and the blanks") {
  const auto tight = with(lstm_copying(), {{"length", 33}});
  const Error error = failure(tight);
  CHECK(error.code() == errc::impossible_shape);
  CHECK_THAT(error.message(),
             ContainsSubstring("copies 16 needs a length of at least 34, but length is 33"));
  CHECK_NOTHROW(completed(with(tight, {{"length", 34}})));
}

TEST_CASE("a data set that fits in no memory is refused") {
  CHECK(failure(with(bdlru_s5(), {{"train", 10000000}, {"length", 65536}})).code() ==
        errc::impossible_shape);
}

TEST_CASE("every preset completes for every model and task") {
  for (const auto& preset : vocabulary().presets()) {
    for (const auto& base : {bdlru_s5(), lstm_copying()}) {
      auto run = assignment(base);
      for (const auto& [key, v] : preset.values)
        run.at(vocabulary().find(key).value()) = v;
      INFO(preset.name);
      CHECK(vocabulary().complete(run));
    }
  }
}

TEST_CASE("published numbers are found by the model as it was asked for") {
  const auto key = [](const std::vector<Given>& given) {
    return vocabulary().published_key(assignment(given));
  };
  CHECK(key(bdlru_s5()) == spec::PublishedKey{"BD-LRU", 5, "S5", "n100000"});
  CHECK(key(with(bdlru_s5(), {{"model", "hlru"}, {"m", 1}})) ==
        spec::PublishedKey{"H-LRU", 1, "S5", "n100000"});
  const std::vector<Given> lstm = {{"model", "lstm"}, {"hidden", 64}, {"task", "permutation"},
                                   {"group", 3},      {"train", 250}, {"lr", 1e-3}};
  CHECK(key(lstm) == spec::PublishedKey{"LSTM", std::nullopt, "S3", "n250"});
}

TEST_CASE("other settings than the paper's have no published number") {
  const auto key = [](const std::vector<Given>& given) {
    return vocabulary().published_key(assignment(given));
  };
  for (const Given& other :
       {Given("train", 5000), Given("length", 32), Given("m", 7), Given("width", 64),
        Given("layers", 2), Given("gate", "sigmoid_l1"), Given("group", 2), Given("m", 0)}) {
    INFO(other.key);
    CHECK_FALSE(key(with(bdlru_s5(), {other})));
  }
  CHECK_FALSE(key(lstm_copying()));
}

}  // namespace
}  // namespace scanyard::catalog::test
