//! One row of a gate function, written to be read: what gate.cpp and the reference scans call.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "kernels/gate.hpp"

namespace scanyard::kernels {

/// Added per column to relu_l1's sum in selective layers.
inline constexpr double relu_l1_eps = 0.001;

template <class T>
T sign_of(T x) {
  return T(x > 0) - T(x < 0);
}

/// s(z), without overflow for either sign.
template <class T>
T logistic(T z) {
  const T e = std::exp(-std::abs(z));
  return (z >= 0 ? T(1) : e) / (T(1) + e);
}

/// f(z): what is normalised. For softmax, `shift` is the row's largest z.
template <class T>
T gate_raw(Gate gate, T z, T shift) {
  switch (gate) {
    case Gate::softmax:
      return std::exp(z - shift);
    case Gate::sigmoid_l1:
      return logistic(z);
    case Gate::relu_l1:
      return z > 0 ? z : (z == z ? T(0) : z);
    case Gate::no_norm:
      return z;
    case Gate::tanh_l1:
      return std::tanh(z);
    case Gate::lin_l1:
      return z;
  }
  return z;
}

/// f'(z), for every gate but softmax, whose derivative is taken by its coefficient.
template <class T>
T gate_slope(Gate gate, T z) {
  switch (gate) {
    case Gate::sigmoid_l1:
      return logistic(z) * logistic(-z);
    case Gate::relu_l1:
      return T(z > 0);
    case Gate::tanh_l1:
      return T(1) - std::tanh(z) * std::tanh(z);
    default:
      return T(1);
  }
}

/// What f(z) is divided by.
template <class T>
T gate_divisor(Gate gate, GateForm form, const T* z, std::int64_t c, T shift) {
  if (gate == Gate::no_norm) return form == GateForm::parameter ? T(c) : T(1);
  T sum = 0;
  for (std::int64_t j = 0; j < c; ++j)
    sum += std::abs(gate_raw(gate, z[j], shift));
  if (gate == Gate::relu_l1 && form == GateForm::selective) sum += T(relu_l1_eps) * T(c);
  return sum;
}

template <class T>
T row_shift(Gate gate, const T* z, std::int64_t c) {
  return gate == Gate::softmax ? *std::max_element(z, z + c) : T(0);
}

/// a [c] from z [c].
template <class T>
void gate_row_forward(Gate gate, GateForm form, const T* z, T* a, std::int64_t c) {
  const T shift = row_shift(gate, z, c);
  const T divisor = gate_divisor(gate, form, z, c, shift);
  for (std::int64_t j = 0; j < c; ++j)
    a[j] = gate_raw(gate, z[j], shift) / divisor;
}

/// dz [c] from z, a = gate(z) and da. With D = sum da a: d(f_j / S) gives (da_j - sign(f_j) D) / S
/// by f_j, and softmax a_j (da_j - D) by z_j. dz may be da.
template <class T>
void gate_row_backward(Gate gate, GateForm form, const T* z, const T* a, const T* da, T* dz,
                       std::int64_t c) {
  const T shift = row_shift(gate, z, c);
  const T divisor = gate_divisor(gate, form, z, c, shift);
  T dot = 0;
  for (std::int64_t j = 0; j < c; ++j)
    dot += da[j] * a[j];
  for (std::int64_t j = 0; j < c; ++j) {
    if (gate == Gate::softmax) {
      dz[j] = a[j] * (da[j] - dot);
    } else if (gate == Gate::no_norm) {
      dz[j] = da[j] / divisor;
    } else {
      const bool is_signed = gate == Gate::tanh_l1 || gate == Gate::lin_l1;
      const T sign = is_signed ? sign_of(z[j]) : T(1);
      dz[j] = gate_slope(gate, z[j]) * ((da[j] - sign * dot) / divisor);
    }
  }
}

}  // namespace scanyard::kernels
