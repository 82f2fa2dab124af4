//! The simulation's only source of randomness: one seed, one stream.
#pragma once

#include <cstdint>

namespace scanyard::simulation {

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same on every machine, unlike the
/// standard's distributions.
class Rng {
 public:
  explicit Rng(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  /// Inclusive.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool chance(double probability) {
    return static_cast<double>(next() >> 11) * 0x1p-53 < probability;
  }
  /// Mostly far below `high`, seldom near it.
  std::int64_t skewed(std::int64_t low, std::int64_t high) {
    const std::int64_t first = between(low, high);
    return between(low, first);
  }

 private:
  std::uint64_t state_;
};

}  // namespace scanyard::simulation
