#include "common/tables/rounding.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>

namespace scanyard::tables {
namespace {

TEST_CASE("halves go away from zero on the decimal digits, not on the binary value") {
  CHECK(fixed_text(0.285, 2) == "0.29");
  CHECK(fixed_text(1.005, 2) == "1.01");
  CHECK(fixed_text(2.5, 0) == "3");
  CHECK(fixed_text(-2.5, 0) == "-3");
  CHECK(fixed_text(0.2849999, 2) == "0.28");
  CHECK(fixed_text(0.9995, 3) == "1.000");
  CHECK(fixed_text(99.96, 1) == "100.0");
  CHECK(round_decimals(0.285, 2) == 0.29);
}

TEST_CASE("texts have exactly the wanted decimals and no negative zero") {
  CHECK(fixed_text(1, 3) == "1.000");
  CHECK(fixed_text(0, 2) == "0.00");
  CHECK(fixed_text(-0.0004, 3) == "0.000");
  CHECK(fixed_text(-0.0, 1) == "0.0");
  CHECK(fixed_text(12345.678, 1) == "12345.7");
  CHECK(fixed_text(1e-7, 3) == "0.000");
}

TEST_CASE("numbers that are not finite stay what they are") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(fixed_text(infinity, 2) == "inf");
  CHECK(fixed_text(-infinity, 2) == "-inf");
  CHECK(fixed_text(std::nan(""), 2) == "nan");
  CHECK(round_decimals(infinity, 2) == infinity);
}

TEST_CASE("the decimals of a number are those of its shortest text") {
  CHECK(decimals_of(0.98) == 2);
  CHECK(decimals_of(1.0) == 0);
  CHECK(decimals_of(0.1 + 0.2) == 17);
}

}  // namespace
}  // namespace scanyard::tables
