#include "web/format.hpp"

#include <catch2/catch_test_macros.hpp>

#include <limits>

namespace scanyard::web {
namespace {

TEST_CASE("numbers have the asked decimals, a real minus and never a negative zero") {
  CHECK(fixed(0.9836, 3) == "0.984");
  CHECK(fixed(-0.0104, 3) == "\u22120.010");
  CHECK(fixed(-0.0001, 3) == "0.000");
  CHECK(fixed(12, 0) == "12");
  CHECK(fixed(std::numeric_limits<double>::quiet_NaN(), 3) == "not finite");
}

TEST_CASE("differences show their sign, zero none") {
  CHECK(with_sign(0.0124, 3) == "+0.012");
  CHECK(with_sign(-0.0124, 3) == "\u22120.012");
  CHECK(with_sign(0.0001, 3) == "0.000");
  CHECK(with_sign(std::numeric_limits<double>::infinity(), 3) == "not finite");
}

TEST_CASE("significant digits leave out needless zeros") {
  CHECK(significant(2.43871, 4) == "2.439");
  CHECK(significant(1.0, 4) == "1");
  CHECK(significant(1e300, 4) == "1e+300");
  CHECK(significant(-0.5, 2) == "\u22120.5");
}

TEST_CASE("times are written in UTC, also far from now") {
  CHECK(utc_text({1'795'355'363'000}) == "2026-11-22 13:49:23 UTC");
  CHECK(utc_text({0}) == "1970-01-01 00:00:00 UTC");
  CHECK(utc_text({-1}) == "1969-12-31 23:59:59 UTC");
  CHECK(utc_text({951'782'400'000}) == "2000-02-29 00:00:00 UTC");
  CHECK(utc_text({4'107'542'399'999}) == "2100-02-28 23:59:59 UTC");
  CHECK(utc_text({4'107'542'400'000}) == "2100-03-01 00:00:00 UTC");
  CHECK(utc_machine({1'795'355'363'045}) == "2026-11-22T13:49:23.045Z");
}

TEST_CASE("ages are rough and a clock that runs ahead shows now") {
  const TimePoint now{1'000'000'000};
  const auto ago = [&](std::int64_t seconds) { return age_text(now, {now.ms - seconds * 1000}); };
  CHECK(ago(-5) == "now");
  CHECK(ago(0) == "now");
  CHECK(ago(59) == "59 s ago");
  CHECK(ago(60) == "1 min ago");
  CHECK(ago(3599) == "59 min ago");
  CHECK(ago(3600) == "1 h ago");
  CHECK(ago(47 * 3600) == "47 h ago");
  CHECK(ago(48 * 3600) == "2 d ago");
}

TEST_CASE("spans and bytes are for people") {
  CHECK(span_text({0}, {250'000}) == "4 min 10 s");
  CHECK(bytes_text(0) == "0 bytes");
  CHECK(bytes_text(512 << 20) == "512 MiB");
  CHECK(bytes_text(3LL << 29) == "1.5 GiB");
}

TEST_CASE("members of a JSON object become fields, in order and without quotes") {
  const Fields fields =
      json_fields(R"({"lr":0.0005,"seed":1,"gate":"softmax","on":true,"list":[1,2],"none":null})");
  CHECK(fields == Fields{{"lr", "0.0005"},
                         {"seed", "1"},
                         {"gate", "softmax"},
                         {"on", "true"},
                         {"list", "[1,2]"},
                         {"none", "null"}});
  CHECK(fields_text({{"lr", "0.001"}, {"seed", "1"}}) == "lr 0.001, seed 1");
}

TEST_CASE("text that is no JSON object is shown as it is") {
  CHECK(json_fields("{broken") == Fields{{"", "{broken"}});
  CHECK(json_fields("[1]") == Fields{{"", "[1]"}});
  CHECK(fields_text(json_fields("{broken")) == "{broken");
  CHECK(json_fields("{}").empty());
}

TEST_CASE("texts that are numbers are ordered as numbers") {
  CHECK(natural_less("2", "10"));
  CHECK(natural_less("1e-4", "0.001"));
  CHECK_FALSE(natural_less("10", "2"));
  CHECK(natural_less("7", "relu"));
  CHECK(natural_less("relu", "softmax"));
  CHECK_FALSE(natural_less("1", "1"));
}

}  // namespace
}  // namespace scanyard::web
