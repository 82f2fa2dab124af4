//! One row of gates on lanes: gate_row.hpp's formulas with a lane per channel. Included as
//! lanes.hpp is.
#pragma once

#include "kernels/gate.hpp"
#include "kernels/gate_row.hpp"
#include "kernels/scan_simd/lanes.hpp"

namespace scanyard::kernels {
namespace {

/// f(z) of a row, and its sum of sizes. `slope` is f'(z), softmax's with respect to its own logit.
template <class T, bool WithSlopes>
SCANYARD_LANES_INLINE Vec<T> evaluate_row(Gate gate, const Vec<T>* z, Vec<T>* f, Vec<T>* slope,
                                          int c) {
  using V = Vec<T>;
  V sum{};
  switch (gate) {
    case Gate::softmax: {
      V largest = z[0];
      for (int j = 1; j < c; ++j)
        largest = z[j] > largest ? z[j] : largest;
      for (int j = 0; j < c; ++j) {
        f[j] = exp_nonpositive(z[j] - largest);
        sum += f[j];
        if (WithSlopes) slope[j] = f[j];
      }
      return sum;
    }
    case Gate::sigmoid_l1:
      for (int j = 0; j < c; ++j) {
        const V e = exp_nonpositive(-abs_of(z[j]));
        const V near = T(1) / (T(1) + e);  // of |z|
        f[j] = z[j] < T(0) ? e * near : near;
        sum += f[j];
        if (WithSlopes) slope[j] = e * near * near;
      }
      return sum;
    case Gate::relu_l1:
      for (int j = 0; j < c; ++j) {
        const V zero{};
        f[j] = z[j] <= zero ? zero : z[j];  // keeps a NaN
        sum += f[j];
        if (WithSlopes) slope[j] = z[j] > zero ? splat(T(1)) : zero;
      }
      return sum + T(relu_l1_eps) * T(c);
    case Gate::tanh_l1:
      for (int j = 0; j < c; ++j) {
        f[j] = tanh_of(z[j]);
        sum += abs_of(f[j]);
        if (WithSlopes) slope[j] = T(1) - f[j] * f[j];
      }
      return sum;
    case Gate::lin_l1:
      for (int j = 0; j < c; ++j) {
        f[j] = z[j];
        sum += abs_of(z[j]);
        if (WithSlopes) slope[j] = splat(T(1));
      }
      return sum;
    case Gate::no_norm:
      break;
  }
  for (int j = 0; j < c; ++j) {
    f[j] = z[j];
    if (WithSlopes) slope[j] = splat(T(1));
  }
  return splat(T(1));
}

/// sum_j a_j x_j of a row with coefficients a = gate(z). f has room for c vectors.
template <class T>
SCANYARD_LANES_INLINE Vec<T> weighted_sum(Gate gate, const Vec<T>* z, const Vec<T>* x, Vec<T>* f,
                                          int c) {
  const Vec<T> divisor = evaluate_row<T, false>(gate, z, f, nullptr, c);
  Vec<T> sum = f[c - 1] * x[c - 1];
  for (int j = 0; j < c - 1; ++j)
    sum += f[j] * x[j];
  return gate == Gate::no_norm ? sum : sum / divisor;
}

template <class T>
SCANYARD_LANES_INLINE Vec<T> sign_of_lanes(Vec<T> x) {
  const Vec<T> zero{};
  const Vec<T> positive = x > zero ? splat(T(1)) : zero;
  return x < zero ? splat(T(-1)) : positive;
}

/// For the row y = sum_j a_j x_j with gradient u by y: a, and dz. With da_j = u x_j and D = sum a
/// da, dz_j = f'(z_j) (da_j - sign(f_j) D) / divisor.
template <class T>
SCANYARD_LANES_INLINE void row_gradient(Gate gate, const Vec<T>* z, const Vec<T>* x, Vec<T> u,
                                        Vec<T>* a, Vec<T>* dz, int c) {
  using V = Vec<T>;
  const V divisor = evaluate_row<T, true>(gate, z, a, dz, c);  // f in a, f' in dz
  if (gate == Gate::no_norm) {
    for (int j = 0; j < c; ++j)
      dz[j] = u * x[j];
    return;
  }
  const V inverse = T(1) / divisor;
  V dot{};
  for (int j = 0; j < c; ++j) {
    a[j] *= inverse;
    dot += a[j] * x[j];
  }
  dot *= u;
  const bool is_signed = gate == Gate::tanh_l1 || gate == Gate::lin_l1;
  for (int j = 0; j < c; ++j) {
    const V share = is_signed ? sign_of_lanes<T>(z[j]) * dot : dot;
    dz[j] = (dz[j] * inverse) * (u * x[j] - share);
  }
}

}  // namespace
}  // namespace scanyard::kernels
