#include "common/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/assert.hpp"
#include "common/random/philox.hpp"

namespace scanyard {
namespace {

/// Sums of floating-point numbers depend on their order; sorted ones do not.
std::vector<double> sorted(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  std::sort(copy.begin(), copy.end());
  return copy;
}

double mean_of_sorted(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values)
    sum += value;
  // The rounded sum of equal values may leave their range by one bit; a mean may not.
  return std::clamp(sum / double(values.size()), values.front(), values.back());
}

}  // namespace

std::optional<double> mean(std::span<const double> values) {
  if (values.empty()) return std::nullopt;
  return mean_of_sorted(sorted(values));
}

std::optional<double> sample_standard_deviation(std::span<const double> values) {
  if (values.size() < 2) return std::nullopt;
  const auto copy = sorted(values);
  const double centre = mean_of_sorted(copy);
  double squares = 0;
  for (const double value : copy)
    squares += (value - centre) * (value - centre);
  return std::sqrt(squares / double(copy.size() - 1));
}

std::optional<double> median(std::span<const double> values) {
  if (values.empty()) return std::nullopt;
  const auto copy = sorted(values);
  const std::size_t half = copy.size() / 2;
  return copy.size() % 2 == 1 ? copy[half] : copy[half - 1] + (copy[half] - copy[half - 1]) / 2;
}

Interval wilson_interval(std::uint64_t hits, std::uint64_t trials) {
  SCANYARD_ASSERT(hits <= trials, "there cannot be more hits than trials");
  if (trials == 0) return {0, 1};
  constexpr double z = 1.959963984540054;  // 97.5 % quantile of the normal distribution
  const double n = double(trials);
  const double rate = double(hits) / n;
  const double scale = 1 / (1 + z * z / n);
  const double centre = scale * (rate + z * z / (2 * n));
  const double half = scale * z * std::sqrt(rate * (1 - rate) / n + z * z / (4 * n * n));
  const double low = hits == 0 ? 0 : centre - half;
  const double high = hits == trials ? 1 : centre + half;
  return {std::max(low, 0.0), std::min(high, 1.0)};
}

std::optional<Interval> bootstrap_interval(std::span<const double> values, double level,
                                           std::uint32_t resamples) {
  SCANYARD_ASSERT(level > 0 && level < 1, "a level is a share");
  SCANYARD_ASSERT(resamples > 0, "an interval needs a resample");
  if (values.empty()) return std::nullopt;
  const auto copy = sorted(values);
  const auto n = std::uint32_t(copy.size());
  std::vector<double> means;
  for (std::uint32_t i = 0; i < resamples; ++i) {
    random::Draws draws(0, random::Stream::resampling, i, 0);
    std::vector<double> resample(n);
    for (auto& value : resample)
      value = copy[draws.below(n)];
    std::sort(resample.begin(), resample.end());
    means.push_back(mean_of_sorted(resample));
  }
  std::sort(means.begin(), means.end());
  const double tail = (1 - level) / 2;
  const auto at = [&](double share) {
    const auto index = std::size_t(share * double(means.size()));
    return means[std::min(index, means.size() - 1)];
  };
  // The mirror of the lower index, so that both tails hold equally many resamples.
  const auto low_index = std::size_t(tail * double(means.size()));
  return Interval{at(tail), means[means.size() - 1 - low_index]};
}

std::optional<double> expected_best(std::span<const double> values, std::size_t k,
                                    bool higher_is_better) {
  const std::size_t n = values.size();
  if (k == 0 || k > n) return std::nullopt;
  auto copy = sorted(values);
  if (!higher_is_better) std::reverse(copy.begin(), copy.end());
  // The i-th from below is the best of a pick with probability C(i, k - 1) / C(n, k); the quotient
  // of neighbours avoids the binomials themselves, which overflow.
  double share = double(k) / double(n);  // of the very best
  double expected = 0;
  for (std::size_t i = n; i-- > 0;) {
    expected += share * copy[i];
    if (i < k) break;
    share *= double(i - (k - 1)) / double(i);
  }
  return expected;
}

}  // namespace scanyard
