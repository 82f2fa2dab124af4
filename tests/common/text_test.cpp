#include "common/text.hpp"

#include <catch2/catch_test_macros.hpp>
#include <vector>

namespace scanyard {
namespace {

const std::vector<std::string> keys = {"batch", "hidden", "length", "model", "lr", "lr_min"};

TEST_CASE("a misspelt key finds its nearest neighbour") {
  CHECK(nearest("hiden", keys) == "hidden");
  CHECK(nearest("modle", keys) == "model");
  CHECK(nearest("lr", keys) == "lr");
}

TEST_CASE("a word that resembles nothing gets no suggestion") {
  CHECK_FALSE(nearest("temperature", keys));
}

TEST_CASE("equal numbers have one canonical text") {
  CHECK(canonical_number(1e-3) == canonical_number(0.001));
  CHECK(canonical_number(128.0) == "128");
  CHECK(canonical_number(-0.0) == "0");
}

TEST_CASE("durations read like a person would say them") {
  CHECK(human_duration(0.85) == "850 ms");
  CHECK(human_duration(3.21) == "3.2 s");
  CHECK(human_duration(250) == "4 min 10 s");
  CHECK(human_duration(5 * 3600 + 120) == "5 h 02 min");
  CHECK(human_duration(-1) == "unknown");
}

TEST_CASE("thousands are grouped from the right") {
  CHECK(with_thousands(1234567) == "1,234,567");
  CHECK(with_thousands(-1234) == "-1,234");
  CHECK(with_thousands(12) == "12");
}

}  // namespace
}  // namespace scanyard
