//! What the CPU kernels share: one build of each loop for every x86-64 level, and elementary
//! functions that the compiler vectorises.
//!
//! A kernel is an ordinary loop in a function marked SCANYARD_CLONES; the loader picks the widest
//! version that the machine has. Results may differ between machines in the last bits (wider
//! vectors add in another order, fused multiply-adds round once), never between calls on one.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
/// One version of the function for AVX-512, one for AVX2 and one for any x86-64. Not under
/// sanitizers: they run before the loader's choice is made. The function must not be a template;
/// what it calls must be SCANYARD_INLINE to be compiled along.
#define SCANYARD_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SCANYARD_CLONES
#endif

#define SCANYARD_INLINE inline __attribute__((always_inline))
/// Before a loop whose iterations are independent.
#define SCANYARD_SIMD _Pragma("omp simd")

namespace scanyard::kernels {

/// e^x with a relative error below 2e-7; 0 below -87.3, infinity above 88.7, NaN for NaN.
/// Method: x = n ln 2 + r with |r| <= ln 2 / 2, a polynomial for e^r (Cephes' coefficients), and n
/// added to the exponent's bits in two halves, so that neither overflows on its own.
SCANYARD_INLINE float exp_of(float x) {
  const float bounded = x < 89.0f ? (x > -87.3f ? x : -87.3f) : 89.0f;  // NaN: 89
  constexpr float to_integer = 12582912.0f;  // 1.5 * 2^23: adding it rounds to a whole number
  const float n = (bounded * 1.44269504f + to_integer) - to_integer;
  const float r = (bounded - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  const float e = (p * r) * r + r + 1.0f;
  const auto whole = static_cast<std::int32_t>(n);
  const std::int32_t half = whole >> 1;
  const std::int32_t low_bits = (half + 127) << 23;
  const std::int32_t high_bits = (whole - half + 127) << 23;
  float low, high;
  std::memcpy(&low, &low_bits, sizeof low);
  std::memcpy(&high, &high_bits, sizeof high);
  const float scaled = (e * low) * high;
  return x < -87.3f ? 0.0f : (x != x ? x : scaled);
}

/// The C library's: float64 serves tests, where accuracy is what counts.
SCANYARD_INLINE double exp_of(double x) {
  return std::exp(x);
}

template <class T>
SCANYARD_INLINE T sigmoid_of(T x) {
  return T(1) / (T(1) + exp_of(-x));
}

/// tanh x from e^(-2|x|): absolute error below 2e-7 in float.
SCANYARD_INLINE float tanh_of(float x) {
  const float e = exp_of(-2.0f * std::fabs(x));
  const float t = (1.0f - e) / (1.0f + e);
  // Near 0 the difference above cancels; the series does not.
  const float s = x * x;
  const float series = x * (1.0f + s * (-0.333333333f + s * (0.133333333f - s * 0.053968254f)));
  return std::fabs(x) < 0.25f ? series : std::copysign(t, x);
}
SCANYARD_INLINE double tanh_of(double x) {
  return std::tanh(x);
}

}  // namespace scanyard::kernels
