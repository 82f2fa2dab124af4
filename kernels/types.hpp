//! Types that the kernels' signatures share.
#pragma once

#include <cstdint>
#include <cstring>

namespace scanyard::kernels {

/// Half-open range of independent chains, for callers that split work over threads.
struct Range {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

/// bfloat16 as it lies in memory: the upper half of a float. Arithmetic on it is done in float.
struct Bf16 {
  std::uint16_t bits = 0;
};

/// Exact.
inline float widen(Bf16 value) {
  const std::uint32_t bits = std::uint32_t(value.bits) << 16;
  float wide;
  std::memcpy(&wide, &bits, sizeof wide);
  return wide;
}
inline float widen(float value) {
  return value;
}
inline double widen(double value) {
  return value;
}

/// Rounds to the nearest bfloat16, ties to even; a NaN stays one.
inline Bf16 to_bf16(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  if (value != value) return {std::uint16_t((bits >> 16) | 0x40)};
  return {std::uint16_t((bits + 0x7fff + ((bits >> 16) & 1)) >> 16)};
}
template <class To, class From>
To narrow(From value) {
  if constexpr (sizeof(To) == 2)
    return to_bf16(value);
  else
    return value;
}

}  // namespace scanyard::kernels
