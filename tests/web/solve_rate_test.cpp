#include "web/solve_rate.hpp"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

namespace scanyard::web {
namespace {

// Expected limits: Newcombe, Statistics in Medicine 17 (1998), table I, method 3 (score).
TEST_CASE("the interval of a share is Wilson's") {
  const RateInterval many = wilson_interval(81, 263);
  CHECK(many.low == Catch::Approx(0.2553).margin(5e-5));
  CHECK(many.high == Catch::Approx(0.3662).margin(5e-5));
  const RateInterval few = wilson_interval(15, 148);
  CHECK(few.low == Catch::Approx(0.0624).margin(5e-5));
  CHECK(few.high == Catch::Approx(0.1605).margin(5e-5));
  const RateInterval none = wilson_interval(0, 20);
  CHECK(none.low == 0);
  CHECK(none.high == Catch::Approx(0.1611).margin(5e-5));
  const RateInterval one = wilson_interval(1, 29);
  CHECK(one.low == Catch::Approx(0.0061).margin(5e-5));
  CHECK(one.high == Catch::Approx(0.1718).margin(5e-5));
}

TEST_CASE("all or nothing stays inside 0 and 1, and no trial says nothing") {
  CHECK(wilson_interval(5, 5).high == 1);
  CHECK(wilson_interval(5, 5).low > 0.5);
  CHECK(wilson_interval(0, 0).low == 0);
  CHECK(wilson_interval(0, 0).high == 1);
}

TEST_CASE("the share is written with its counts and its interval") {
  CHECK(solve_rate_text(2, 9) == "2 of 9 (6 to 55 %)");
  CHECK(solve_rate_text(0, 0) == "none yet");
}

}  // namespace
}  // namespace scanyard::web
