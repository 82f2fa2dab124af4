#include "common/statistics.hpp"

#include <algorithm>
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <vector>

namespace scanyard {
namespace {

using Catch::Approx;

const std::vector<double> five = {0.2, 0.9, 0.4, 0.6, 0.4};

TEST_CASE("mean, standard deviation and median are those of the textbook") {
  CHECK(mean(five).value() == Approx(0.5));
  CHECK(sample_standard_deviation(five).value() == Approx(0.2645751311));
  CHECK(median(five).value() == 0.4);
  CHECK(median(std::vector<double>{1, 2, 3, 10}).value() == 2.5);
}

TEST_CASE("too few values have no statistic instead of a number that means nothing") {
  const std::vector<double> none, one = {0.7};
  CHECK_FALSE(mean(none));
  CHECK_FALSE(median(none));
  CHECK_FALSE(sample_standard_deviation(one));
  CHECK_FALSE(bootstrap_interval(none));
  CHECK(mean(one) == 0.7);
  CHECK(bootstrap_interval(one) == Interval{0.7, 0.7});
}

TEST_CASE("statistics do not depend on the order of the values") {
  std::vector<double> values;
  for (int i = 0; i < 50; ++i)
    values.push_back(1.0 / (i + 3));
  auto reversed = values;
  std::reverse(reversed.begin(), reversed.end());
  CHECK(mean(values) == mean(reversed));
  CHECK(sample_standard_deviation(values) == sample_standard_deviation(reversed));
  CHECK(bootstrap_interval(values) == bootstrap_interval(reversed));
  CHECK(expected_best(values, 7) == expected_best(reversed, 7));
}

TEST_CASE("the mean of equal values is that value") {
  CHECK(mean(std::vector<double>(7, 0.1)) == 0.1);
  CHECK(sample_standard_deviation(std::vector<double>(7, 0.1)) == 0.0);
}

TEST_CASE("the ends of Wilson's interval are the rates that the trials just do not refuse") {
  constexpr double z = 1.959963984540054;
  for (const auto& [hits, trials] : {std::pair{0, 5}, {1, 5}, {3, 5}, {14, 15}, {15, 15}}) {
    const auto interval = wilson_interval(std::uint64_t(hits), std::uint64_t(trials));
    const double rate = double(hits) / trials;
    for (const double end : {interval.low, interval.high}) {
      if (end == 0 || end == 1) continue;
      CHECK(std::abs(rate - end) == Approx(z * std::sqrt(end * (1 - end) / trials)));
    }
    CHECK(interval.low <= rate);
    CHECK(interval.high >= rate);
  }
  CHECK(wilson_interval(0, 5).low == 0.0);
  CHECK(wilson_interval(15, 15).high == 1.0);
  CHECK(wilson_interval(15, 15).low == Approx(15 / (15 + z * z)));
  CHECK(wilson_interval(0, 0) == Interval{0, 1});
}

TEST_CASE("a bootstrap interval is the same every time and holds the mean") {
  const auto interval = bootstrap_interval(five).value();
  CHECK(interval == bootstrap_interval(five).value());
  CHECK(interval.low < 0.5);
  CHECK(interval.high > 0.5);
  CHECK(interval.low >= 0.2);
  CHECK(interval.high <= 0.9);
  const auto narrower = bootstrap_interval(five, 0.5).value();
  CHECK(narrower.low > interval.low);
  CHECK(narrower.high < interval.high);
}

TEST_CASE("a bootstrap interval of many values comes close to the normal one") {
  std::vector<double> values;
  for (int i = 0; i < 400; ++i)
    values.push_back(i % 20);
  const double half = 1.96 * sample_standard_deviation(values).value() / 20;
  const auto interval = bootstrap_interval(values).value();
  CHECK(interval.low == Approx(9.5 - half).margin(0.08));
  CHECK(interval.high == Approx(9.5 + half).margin(0.08));
}

/// By brute force over all picks.
double best_of_all_picks(const std::vector<double>& values, std::size_t k, bool higher) {
  std::vector<bool> picked(values.size(), false);
  std::fill(picked.end() - std::ptrdiff_t(k), picked.end(), true);
  double sum = 0;
  int count = 0;
  do {
    double best = higher ? -1e9 : 1e9;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (picked[i]) best = higher ? std::max(best, values[i]) : std::min(best, values[i]);
    }
    sum += best;
    ++count;
  } while (std::next_permutation(picked.begin(), picked.end()));
  return sum / count;
}

TEST_CASE("the expected best of k is the mean over all picks of k") {
  for (std::size_t k = 1; k <= five.size(); ++k) {
    CHECK(expected_best(five, k).value() == Approx(best_of_all_picks(five, k, true)));
    CHECK(expected_best(five, k, false).value() == Approx(best_of_all_picks(five, k, false)));
  }
  CHECK(expected_best(five, 1).value() == Approx(0.5));
  CHECK(expected_best(five, 5).value() == Approx(0.9));
  CHECK_FALSE(expected_best(five, 0));
  CHECK_FALSE(expected_best(five, 6));
}

TEST_CASE("the expected best of many values does not overflow") {
  std::vector<double> values;
  for (int i = 1; i <= 3000; ++i)
    values.push_back(i);
  // The mean of the largest of k picks from 1..n is k (n + 1) / (k + 1).
  CHECK(expected_best(values, 1500).value() == Approx(1500.0 * 3001 / 1501));
}

}  // namespace
}  // namespace scanyard
