//! Gate rows in registers: runs of elements from and to shared memory, normalisation, gradients.
//! The formulas are kernels/gate_row.hpp's; softmax, the paper's gate, is written for speed.
#pragma once

#include <cmath>
#include <cstdint>

#include "kernels/cuda/simt.cuh"
#include "kernels/gate.hpp"
#include "kernels/types.hpp"

namespace scanyard::kernels::cuda {

/// The largest power of two, up to 16, that divides both: how wide a lane's accesses can be.
SIMT_BOTH constexpr int access_unit(int run_bytes, int item_bytes) {
  int unit = 16;
  while (run_bytes % unit != 0 || item_bytes % unit != 0)
    unit /= 2;
  return unit;
}

template <int Unit, int Words>
SIMT_DEVICE void load_words(const char* from, std::uint32_t (&words)[Words]) {
#pragma unroll
  for (int k = 0; k < Words; k += Unit / 4) {
    if constexpr (Unit == 16) {
      const auto vector = *reinterpret_cast<const simt::Vector16*>(from + 4 * k);
      words[k] = vector.x, words[k + 1] = vector.y, words[k + 2] = vector.z,
      words[k + 3] = vector.w;
    } else if constexpr (Unit == 8) {
      const auto vector = *reinterpret_cast<const simt::Vector8*>(from + 4 * k);
      words[k] = vector.x, words[k + 1] = vector.y;
    } else {
      words[k] = *reinterpret_cast<const std::uint32_t*>(from + 4 * k);
    }
  }
}

template <int Unit, int Words>
SIMT_DEVICE void store_words(char* to, const std::uint32_t (&words)[Words]) {
#pragma unroll
  for (int k = 0; k < Words; k += Unit / 4) {
    if constexpr (Unit == 16)
      *reinterpret_cast<simt::Vector16*>(to + 4 * k) = {words[k], words[k + 1], words[k + 2],
                                                        words[k + 3]};
    else if constexpr (Unit == 8)
      *reinterpret_cast<simt::Vector8*>(to + 4 * k) = {words[k], words[k + 1]};
    else
      *reinterpret_cast<std::uint32_t*>(to + 4 * k) = words[k];
  }
}

/// N neighbouring elements as floats. `Item`: bytes that every run's start is a multiple of.
template <class E, int Item, int N>
SIMT_DEVICE void load_run(const char* from, float (&x)[N]) {
  constexpr int bytes = N * int(sizeof(E));
  constexpr int unit = access_unit(bytes, Item);
  if constexpr (unit == 2) {
#pragma unroll
    for (int i = 0; i < N; ++i) {
      const std::uint32_t bits = reinterpret_cast<const std::uint16_t*>(from)[i];
      x[i] = simt::float_of_bits(bits << 16);
    }
  } else {
    std::uint32_t words[bytes / 4];
    load_words<unit>(from, words);
#pragma unroll
    for (int i = 0; i < N; ++i) {
      if constexpr (sizeof(E) == 4)
        x[i] = simt::float_of_bits(words[i]);
      else
        x[i] = simt::float_of_bits(i % 2 ? words[i / 2] & 0xffff0000u : words[i / 2] << 16);
    }
  }
}

template <class E, int Item, int N>
SIMT_DEVICE void store_run(char* to, const float (&x)[N]) {
  constexpr int bytes = N * int(sizeof(E));
  constexpr int unit = access_unit(bytes, Item);
  if constexpr (unit == 2) {
#pragma unroll
    for (int i = 0; i < N; ++i)
      reinterpret_cast<std::uint16_t*>(to)[i] =
          static_cast<std::uint16_t>(simt::pack_bf16(x[i], 0.f));
  } else {
    std::uint32_t words[bytes / 4];
#pragma unroll
    for (int k = 0; k < bytes / 4; ++k) {
      if constexpr (sizeof(E) == 4)
        words[k] = simt::bits_of_float(x[k]);
      else
        words[k] = simt::pack_bf16(x[2 * k], x[2 * k + 1]);
    }
    store_words<unit>(to, words);
  }
}

SIMT_DEVICE float logistic_of(float z) {
  return simt::reciprocal(1.f + simt::exp2_fast(-1.4426950408889634f * z));
}

/// Near 0 by its series, where 1 - 2 / (1 + exp 2z) would lose digits.
SIMT_DEVICE float tanh_of(float z) {
  const float q = z * z;
  const float series = z * fmaf(q, fmaf(q, fmaf(q, -17.f / 315.f, 2.f / 15.f), -1.f / 3.f), 1.f);
  const float whole =
      1.f - 2.f * simt::reciprocal(1.f + simt::exp2_fast(2.f * 1.4426950408889634f * z));
  return q < 0.04f ? series : whole;
}

SIMT_DEVICE float relu_of(float z) {
  return z > 0 ? z : (z == z ? 0.f : z);
}

/// f(z) of every gate but softmax, in place.
template <int N>
SIMT_DEVICE void gate_values(Gate gate, float (&x)[N]) {
  if (gate == Gate::sigmoid_l1) {
#pragma unroll
    for (int j = 0; j < N; ++j)
      x[j] = logistic_of(x[j]);
  } else if (gate == Gate::relu_l1) {
#pragma unroll
    for (int j = 0; j < N; ++j)
      x[j] = relu_of(x[j]);
  } else if (gate == Gate::tanh_l1) {
#pragma unroll
    for (int j = 0; j < N; ++j)
      x[j] = tanh_of(x[j]);
  }
}

/// f'(z) from z and f = f(z).
SIMT_DEVICE float gate_derivative(Gate gate, float z, float f) {
  if (gate == Gate::sigmoid_l1) return f * logistic_of(-z);
  if (gate == Gate::relu_l1) return z > 0 ? 1.f : 0.f;
  if (gate == Gate::tanh_l1) return 1.f - f * f;
  return 1.f;
}

/// What every gate but softmax divides by: `sum` of |f| over `count` columns.
SIMT_DEVICE float gate_divisor_of(Gate gate, float sum, int count) {
  if (gate == Gate::no_norm) return 1.f;
  return gate == Gate::relu_l1 ? sum + 0.001f * static_cast<float>(count) : sum;
}

/// Raw gates to coefficients but for a factor, which is returned; in place: C columns of x from
/// First on.
template <int First, int C, int N>
SIMT_DEVICE float softmax_columns(float (&x)[N]) {
  constexpr float log2_e = 1.4426950408889634f;
  float largest = x[First];
#pragma unroll
  for (int j = 1; j < C; ++j)
    largest = fmaxf(largest, x[First + j]);
  const float shift = largest * -log2_e;
  float sum = 0;
#pragma unroll
  for (int j = 0; j < C; ++j) {
    x[First + j] = simt::exp2_fast(fmaf(x[First + j], log2_e, shift));
    sum += x[First + j];
  }
  return simt::reciprocal(sum);
}

/// The same for values f(z) of another gate.
template <int First, int C, int N>
SIMT_DEVICE float other_columns(Gate gate, const float (&x)[N]) {
  float sum = 0;
#pragma unroll
  for (int j = 0; j < C; ++j)
    sum += fabsf(x[First + j]);
  return simt::reciprocal(gate_divisor_of(gate, sum, C));
}

/// Coefficients of R rows of C columns, of softmax or of the other gate that `gate` names: x[r * C
/// + j] * scale[r]. With `Scaled`, x has the factor in it and scale is 1.
template <bool IsSoftmax, bool Scaled, int R, int C, int Row = 0>
SIMT_DEVICE void normalise_rows(Gate gate, float (&x)[R * C], float (&scale)[R]) {
  if constexpr (!IsSoftmax && Row == 0) gate_values(gate, x);
  if constexpr (IsSoftmax)
    scale[Row] = softmax_columns<Row * C, C>(x);
  else
    scale[Row] = other_columns<Row * C, C>(gate, x);
  if constexpr (Scaled) {
#pragma unroll
    for (int j = 0; j < C; ++j)
      x[Row * C + j] *= scale[Row];
    scale[Row] = 1;
  }
  if constexpr (Row + 1 < R) normalise_rows<IsSoftmax, Scaled, R, C, Row + 1>(gate, x, scale);
}

/// Coefficients of S steps from raw gates.
template <bool Scaled, int R, int C, int S>
SIMT_DEVICE void normalise_segment(Gate gate, float (&a)[S][R * C], float (&scale)[S][R]) {
  if (gate == Gate::softmax) {
#pragma unroll
    for (int s = 0; s < S; ++s)
      normalise_rows<true, Scaled, R, C>(gate, a[s], scale[s]);
  } else {
#pragma unroll
    for (int s = 0; s < S; ++s)
      normalise_rows<false, Scaled, R, C>(gate, a[s], scale[s]);
  }
}

/// dz, columns First to First + C - 1, of one row with coefficients a there (or coefficients but
/// for a factor, which u has in it then). `inputs` is what the coefficients multiply, `output`
/// their sum of products, u the gradient by the output: da_j = u inputs_j and sum_j da_j a_j = u
/// output.
template <int First, int C, int N>
SIMT_DEVICE void softmax_gradient(const float (&a)[N], const float (&inputs)[C], float output,
                                  float u, float (&dz)[N]) {
#pragma unroll
  for (int j = 0; j < C; ++j)
    dz[First + j] = a[First + j] * u * (inputs[j] - output);
}

/// The same for another gate. dz holds z before. Where coefficients are not `Scaled`, u has 1 over
/// the row's divisor in it already.
template <bool Scaled, int First, int C, int N>
SIMT_DEVICE void other_gradient(Gate gate, const float (&inputs)[C], float output, float u,
                                float (&dz)[N]) {
  float f[C];
#pragma unroll
  for (int j = 0; j < C; ++j)
    f[j] = dz[First + j];
  gate_values(gate, f);
  if constexpr (Scaled) {
    const float scale = other_columns<0, C>(gate, f);
    u *= scale;
  }
  const bool is_signed = gate == Gate::tanh_l1 || gate == Gate::lin_l1;
#pragma unroll
  for (int j = 0; j < C; ++j) {
    const float z = dz[First + j];
    const float sign = !is_signed ? 1.f : static_cast<float>((z > 0) - (z < 0));
    const float inner = gate == Gate::no_norm ? inputs[j] : inputs[j] - sign * output;
    dz[First + j] = gate_derivative(gate, z, f[j]) * (inner * u);
  }
}

}  // namespace scanyard::kernels::cuda
