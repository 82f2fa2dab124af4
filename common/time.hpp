//! Time as plain numbers: core code receives it as an argument and never asks a clock.
#pragma once

#include <compare>
#include <cstdint>

namespace scanyard {

/// A span in milliseconds.
struct Duration {
  std::int64_t ms = 0;
  friend auto operator<=>(Duration, Duration) = default;
  friend Duration operator+(Duration a, Duration b) { return {a.ms + b.ms}; }
  friend Duration operator*(std::int64_t n, Duration d) { return {n * d.ms}; }
};

/// Milliseconds since 1970-01-01 UTC.
struct TimePoint {
  std::int64_t ms = 0;
  friend auto operator<=>(TimePoint, TimePoint) = default;
  friend TimePoint operator+(TimePoint t, Duration d) { return {t.ms + d.ms}; }
  friend Duration operator-(TimePoint a, TimePoint b) { return {a.ms - b.ms}; }
};

}  // namespace scanyard
