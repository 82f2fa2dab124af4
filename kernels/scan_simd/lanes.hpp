//! Vectors of one value per lane, and the elementary functions of gates on them. A lane is one
//! channel of one chain; no operation mixes lanes, which is why a chain's result does not depend on
//! its neighbours.
//!
//! Included by the source files of each build (baseline.cpp, baseline_other.cpp, ..), which the
//! build system compiles with the flags of that level. Everything here has internal linkage: the
//! same name is different code in each of them.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace scanyard::kernels {
namespace {

#if defined(__AVX512F__)
constexpr int vector_bytes = 64;
#elif defined(__AVX2__)
constexpr int vector_bytes = 32;
#else
constexpr int vector_bytes = 16;
#endif

#define SCANYARD_LANES_INLINE inline __attribute__((always_inline))

template <class T>
struct Vectors;
template <>
struct Vectors<float> {
  static constexpr int width = vector_bytes / 4;
  typedef float Real __attribute__((vector_size(vector_bytes)));
  typedef std::int32_t Whole __attribute__((vector_size(vector_bytes)));
};
template <>
struct Vectors<double> {
  static constexpr int width = vector_bytes / 8;
  typedef double Real __attribute__((vector_size(vector_bytes)));
  typedef std::int64_t Whole __attribute__((vector_size(vector_bytes)));
};

/// One T per lane.
template <class T>
using Vec = typename Vectors<T>::Real;
template <class T>
using WholeVec = typename Vectors<T>::Whole;
template <class T>
constexpr int width = Vectors<T>::width;

using VecF = Vec<float>;
using VecD = Vec<double>;

template <class T>
SCANYARD_LANES_INLINE Vec<T> splat(T value) {
  return value - Vec<T>{};
}

SCANYARD_LANES_INLINE VecF abs_of(VecF x) {
  return reinterpret_cast<VecF>(reinterpret_cast<WholeVec<float>>(x) & 0x7fffffff);
}
SCANYARD_LANES_INLINE VecD abs_of(VecD x) {
  return reinterpret_cast<VecD>(reinterpret_cast<WholeVec<double>>(x) & 0x7fffffffffffffff);
}

/// 2^n p for whole n from -150 to 0, rounded once.
SCANYARD_LANES_INLINE VecF scale_by_power_of_two(VecF p, VecF n) {
#if defined(__AVX512F__)
  return reinterpret_cast<VecF>(
      _mm512_maskz_scalef_ps(0xffff, reinterpret_cast<__m512>(p), reinterpret_cast<__m512>(n)));
#else
  const auto whole = __builtin_convertvector(n, WholeVec<float>);
  const auto half = whole >> 1;
  const auto first = reinterpret_cast<VecF>((half + 127) << 23);
  const auto second = reinterpret_cast<VecF>((whole - half + 127) << 23);
  return (p * first) * second;  // exact, unless the result is subnormal
#endif
}

/// e^x for x <= 0 or NaN; at most 2 ulp off, subnormal results included.
/// Method: x = n ln 2 + r, |r| <= ln 2 / 2; e^r = 1 + r + r^2 q(r) with q the minimax polynomial of
/// degree 4 (relative error of e^r 3.1e-9, found with the Remez algorithm).
SCANYARD_LANES_INLINE VecF exp_nonpositive(VecF x) {
  const VecF lowest = splat(-104.0f);        // below it the result is 0
  x = x < lowest ? lowest : x;               // keeps a NaN
  const VecF to_whole = splat(12582912.0f);  // 1.5 * 2^23: adding it rounds to a whole number
  const VecF n = (x * 1.44269504f + to_whole) - to_whole;
  const VecF r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  VecF q = splat(0.0013814540177276408f);
  q = q * r + 0.008368745108946023f;
  q = q * r + 0.04166839078354132f;
  q = q * r + 0.16666520399042478f;
  q = q * r + 0.4999999343212931f;
  const VecF p = ((q * r) * r + r) + 1.0f;
  return scale_by_power_of_two(p, n);
}

/// tanh x; at most 3 ulp off. Odd minimax polynomial below 0.625 (relative error 4.2e-9), else from
/// e^(-2|x|).
SCANYARD_LANES_INLINE VecF tanh_of(VecF x) {
  const VecF size = abs_of(x);
  const VecF e = exp_nonpositive(-2.0f * size);
  const VecF far = (1.0f - e) / (1.0f + e);
  const VecF square = x * x;
  VecF q = splat(-0.005717045060273919f);
  q = q * square + 0.020650587300972297f;
  q = q * square + -0.05374349808229793f;
  q = q * square + 0.13331491287003072f;
  q = q * square + -0.33333283925284835f;
  const VecF near = x + x * (square * q);
  const VecF far_signed = x < 0.0f ? -far : far;
  return size < 0.625f ? near : far_signed;
}

/// double serves tests, where accuracy is what counts: the C library's functions, lane by lane.
SCANYARD_LANES_INLINE VecD exp_nonpositive(VecD x) {
  VecD result{};
  for (int lane = 0; lane < width<double>; ++lane)
    result[lane] = std::exp(x[lane]);
  return result;
}
SCANYARD_LANES_INLINE VecD tanh_of(VecD x) {
  VecD result{};
  for (int lane = 0; lane < width<double>; ++lane)
    result[lane] = std::tanh(x[lane]);
  return result;
}

}  // namespace
}  // namespace scanyard::kernels
