#include "web/plots/scale.hpp"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <limits>
#include "tests/support/rapidcheck_catch2.hpp"

namespace scanyard::web {
namespace {

using Labels = std::vector<std::string>;

Labels labels(const Scale& scale, int count) {
  Labels texts;
  for (const auto& tick : scale.ticks(count))
    texts.push_back(tick.label);
  return texts;
}

TEST_CASE("a linear scale maps ends to ends and the middle to the middle, upwards and downwards") {
  const Scale scale(ScaleKind::linear, {0, 1}, {300, 20});
  CHECK(scale(0) == Catch::Approx(300));
  CHECK(scale(1) == Catch::Approx(20));
  CHECK(scale(0.5) == Catch::Approx(160));
}

TEST_CASE("a logarithmic scale maps equal ratios to equal distances") {
  const Scale scale(ScaleKind::logarithmic, {16, 1024}, {0, 600});
  CHECK(scale(16) == Catch::Approx(0).margin(1e-9));
  CHECK(scale(1024) == Catch::Approx(600));
  CHECK(scale(64) - scale(32) == Catch::Approx(100));
  CHECK(scale(1024) - scale(512) == Catch::Approx(100));
}

TEST_CASE("a domain without width is widened around its value") {
  CHECK(Scale(ScaleKind::linear, {3, 3}, {0, 100})(3) == Catch::Approx(50));
  CHECK(Scale(ScaleKind::linear, {0, 0}, {0, 100})(0) == Catch::Approx(50));
  CHECK(Scale(ScaleKind::logarithmic, {32, 32}, {0, 100})(32) == Catch::Approx(50));
}

TEST_CASE("marks of a linear axis are round and have no more decimals than needed") {
  CHECK(labels(Scale(ScaleKind::linear, {0, 1}, {0, 1}), 6) ==
        Labels{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"});
  CHECK(labels(Scale(ScaleKind::linear, {1, 40}, {0, 1}), 9) ==
        Labels{"5", "10", "15", "20", "25", "30", "35", "40"});
  CHECK(labels(Scale(ScaleKind::linear, {0, 60'000}, {0, 1}), 3) ==
        Labels{"0", "20,000", "40,000", "60,000"});
  CHECK(labels(Scale(ScaleKind::linear, {-0.02, 0.02}, {0, 1}), 4) ==
        Labels{"\u22120.02", "\u22120.01", "0.00", "0.01", "0.02"});
}

TEST_CASE("marks of a logarithmic axis are powers of two, thinned evenly when there are many") {
  CHECK(labels(Scale(ScaleKind::logarithmic, {16, 192}, {0, 1}), 9) ==
        Labels{"16", "32", "64", "128"});
  CHECK(labels(Scale(ScaleKind::logarithmic, {1, 1024}, {0, 1}), 6) ==
        Labels{"1", "4", "16", "64", "256", "1024"});
  CHECK(labels(Scale(ScaleKind::logarithmic, {1, 1e6}, {0, 1}), 9).back() == "1e+06");
  CHECK(labels(Scale(ScaleKind::logarithmic, {33, 60}, {0, 1}), 9) == Labels{"33", "60"});
}

TEST_CASE("a domain holds all finite values with its margin and ignores the others") {
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(domain_of({1, 3, inf, std::nan("")}, ScaleKind::linear, 0.5) == Range{0, 4});
  CHECK(domain_of({0, -1, 4, 16}, ScaleKind::logarithmic, 0.5) == Range{2, 32});
  CHECK(domain_of({}, ScaleKind::linear, 0.1) == Range{0, 1});
  CHECK(domain_of({-1}, ScaleKind::logarithmic, 0.1) == Range{1, 2});
}

TEST_CASE("marks lie inside the domain, rise, and are never many more than asked for") {
  check_property("marks", [](int first, int second, bool small, bool logarithmic) {
    const double a = first * (small ? 1e-6 : 13.7), b = second * (small ? 1e-6 : 13.7);
    const auto kind = logarithmic ? ScaleKind::logarithmic : ScaleKind::linear;
    const Range domain = domain_of({a, b}, kind, 0.02);
    RC_PRE(std::isnormal(domain.high - domain.low));
    const Scale scale(kind, domain, {0, 100});
    const auto ticks = scale.ticks(8);
    RC_ASSERT(ticks.size() <= 20u);
    double before = -1e300;
    for (const auto& tick : ticks) {
      const double tolerance = 1e-6 * std::max(std::abs(domain.low), std::abs(domain.high));
      RC_ASSERT(tick.value >= domain.low - tolerance);
      RC_ASSERT(tick.value <= domain.high + tolerance);
      RC_ASSERT(tick.value > before);
      before = tick.value;
    }
  });
}

}  // namespace
}  // namespace scanyard::web
