//! Statistics of a handful of runs: spread over seeds, rates with few trials, optimism of a
//! maximum. Pure; results depend only on the values, not on their order. Rounding of what is shown
//! is in common/tables/rounding.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace scanyard {

/// Arithmetic mean; nothing without values.
std::optional<double> mean(std::span<const double> values);

/// With n - 1 in the denominator; nothing below two values.
std::optional<double> sample_standard_deviation(std::span<const double> values);

/// The middle value, or the mean of the two in the middle; nothing without values.
std::optional<double> median(std::span<const double> values);

struct Interval {
  double low = 0;
  double high = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

/// Two-sided 95 % interval of a rate from `hits` of `trials`, by Wilson's score: keeps its level at
/// the five or fifteen trials of a cell, where hits +- 2 sd does not. {0, 1} without trials.
/// Source: Wilson 1927; Brown, Cai and DasGupta 2001.
Interval wilson_interval(std::uint64_t hits, std::uint64_t trials);

/// Two-sided interval of the mean by the percentile bootstrap, `level` in (0, 1). Deterministic:
/// resample i draws from Philox (seed 0, stream resampling, instance i). Nothing without values;
/// the value itself for one. Below about ten values it is too narrow, as every bootstrap is.
std::optional<Interval> bootstrap_interval(std::span<const double> values, double level = 0.95,
                                           std::uint32_t resamples = 2000);

/// What the best of k runs would be on average, if k of these runs were picked at random without
/// repetition: how much of a maximum is owed to the number of tries. `higher_is_better` says which
/// end is the best one. Nothing unless 1 <= k <= number of values.
/// Source: the unbiased form of Dodge et al. 2019, "Show your work", given by Tang et al. 2020.
std::optional<double> expected_best(std::span<const double> values, std::size_t k,
                                    bool higher_is_better = true);

}  // namespace scanyard
