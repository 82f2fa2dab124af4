#include "common/spec/derived_value.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>

#include "common/spec/errc.hpp"
#include "tests/common/spec/small_vocabulary.hpp"

namespace scanyard::spec {
namespace {

struct Fixture {
  Names names{small_vocabulary(), {"state"}};
  Result<Value> of(const char* key, double result) { return derived_value(names, *names.slot(key), result); }
};

TEST_CASE("a whole number may miss by rounding, not by more") {
  Fixture f;
  CHECK(f.of("hidden", 0.1 * 3 * 10).value() == Value(std::int64_t{3}));
  CHECK(f.of("hidden", 2.5).error().code() == errc::bad_derivation);
  CHECK(f.of("hidden", 2.5).error().message().starts_with("is 2.5, but 'hidden' is a whole number"));
}

TEST_CASE("reals keep twelve digits, so that the last bit of a logarithm is no other run") {
  Fixture f;
  CHECK(f.of("lr", 0.1 + 0.2).value() == Value(0.3));
  CHECK(f.of("lr", std::nextafter(0.25, 1)).value() == Value(0.25));
  CHECK(f.of("lr", -0.0).value() == Value(0.0));
  CHECK(f.of("state", 1234.5).value() == Value(1234.5));
}

TEST_CASE("what is not finite or outside the limits is refused") {
  Fixture f;
  CHECK(f.of("lr", std::nan("")).error().code() == errc::bad_derivation);
  CHECK(f.of("lr", std::numeric_limits<double>::infinity()).error().code() == errc::bad_derivation);
  CHECK(f.of("lr", 11).error().code() == errc::bad_value);
  CHECK(f.of("hidden", 1e300).error().code() == errc::bad_derivation);
  CHECK(f.of("fast", 2).value() == Value(true));
}

TEST_CASE("a placeholder is a valid value of its key") {
  Fixture f;
  for (const auto& key : small_vocabulary().keys()) {
    const Value value = any_valid_value(key);
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      CHECK(double(*integer) >= key.minimum.value_or(0));
      CHECK(double(*integer) <= key.maximum.value_or(1));
    }
    if (const auto* text = std::get_if<std::string>(&value)) CHECK(*text == key.choices.front());
  }
}

}  // namespace
}  // namespace scanyard::spec
