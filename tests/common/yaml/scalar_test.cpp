#include "common/yaml/scalar.hpp"

#include <catch2/catch_test_macros.hpp>

#include "common/yaml/errc.hpp"

namespace scanyard::yaml {
namespace {

template <class T>
Result<T> value_of(const std::string& text) {
  static const std::string source = "a.yaml";
  const auto document = parse("key: " + text, source);
  REQUIRE(document);
  T value{};
  const auto done = read_scalar(*document->root.find("key"), {source, "key"}, value);
  if (!done) return tl::unexpected<Error>(done.error());
  return value;
}

TEST_CASE("booleans are true and false and nothing else") {
  CHECK(value_of<bool>("true").value());
  CHECK_FALSE(value_of<bool>("false").value());
  for (const char* bad : {"yes", "on", "True", "1", "'true'", "[true]"})
    CHECK_FALSE(value_of<bool>(bad));
}

TEST_CASE("whole numbers are decimal, and 1e5 is whole") {
  CHECK(value_of<std::int64_t>("-3").value() == -3);
  CHECK(value_of<std::int64_t>("+7").value() == 7);
  CHECK(value_of<std::int64_t>("1e5").value() == 100000);
  CHECK(value_of<std::int64_t>("9223372036854775807").value() == 9223372036854775807);
  for (const char* bad :
       {"1.5", "010", "0x10", "two", "'3'", "9223372036854775808", "1e300", "--1", "+-1"}) {
    INFO(bad);
    CHECK(value_of<std::int64_t>(bad).error().code() == errc::wrong_type);
  }
  CHECK(value_of<std::int32_t>("2147483648").error().code() == errc::out_of_range);
}

TEST_CASE("numbers must be finite") {
  CHECK(value_of<double>("1e-3").value() == 0.001);
  CHECK(value_of<double>("5").value() == 5.0);
  for (const char* bad : {".nan", ".inf", "nan", "inf", "-inf", "1e999", "0x1p3", "", "1,5"}) {
    INFO(bad);
    CHECK(value_of<double>(bad).error().code() == errc::wrong_type);
  }
}

TEST_CASE("a plain number is text where text is wanted") {
  CHECK(value_of<std::string>("5").value() == "5");
  CHECK(value_of<std::string>("\"a: b\"").value() == "a: b");
  CHECK_FALSE(value_of<std::string>("[a]"));
  CHECK_FALSE(value_of<std::string>(""));
}

TEST_CASE("durations have a unit") {
  CHECK(value_of<Duration>("500 ms").value() == Duration{500});
  CHECK(value_of<Duration>("1.5s").value() == Duration{1500});
  CHECK(value_of<Duration>("5 min").value() == Duration{300'000});
  CHECK(value_of<Duration>("2 h").value() == Duration{7'200'000});
  for (const char* bad :
       {"5", "min", "5 hours", "-1 s", "1.2.3 s", "1e30 d", "9999999999999999 d"}) {
    INFO(bad);
    CHECK(value_of<Duration>(bad).error().code() == errc::wrong_type);
  }
}

TEST_CASE("a message names file, line, key and what was there") {
  CHECK(value_of<std::int64_t>("two").error().to_string() ==
        "a.yaml:1: 'key' must be a whole number, not 'two'");
  CHECK(value_of<std::int64_t>("'3'").error().to_string() ==
        "a.yaml:1: 'key' must be a whole number, not \"3\"; write it without quotes");
}

}  // namespace
}  // namespace scanyard::yaml
