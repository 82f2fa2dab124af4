//! Random orders that have an address, as random numbers do.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "common/random/philox.hpp"

namespace scanyard::random {

/// A uniformly random order of 0..n-1: positions sorted by one 64-bit key each, equal keys by
/// position. Every order is equally likely up to a chance of n^2 / 2^65 that two keys are equal.
inline std::vector<std::int32_t> shuffled(std::uint64_t seed, Stream stream, std::uint32_t instance,
                                          std::int32_t n) {
  std::vector<std::pair<std::uint64_t, std::int32_t>> keyed(static_cast<std::size_t>(n));
  for (std::int32_t i = 0; i < n; ++i) {
    keyed[static_cast<std::size_t>(i)] = {Draws(seed, stream, instance, std::uint32_t(i)).word64(),
                                          i};
  }
  std::sort(keyed.begin(), keyed.end());
  std::vector<std::int32_t> order(keyed.size());
  std::transform(keyed.begin(), keyed.end(), order.begin(),
                 [](const auto& pair) { return pair.second; });
  return order;
}

}  // namespace scanyard::random
