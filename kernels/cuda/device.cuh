//! Device-side helpers: element types, gate rows, warp reductions. The formulas are
//! kernels/gate_row.hpp's.
#pragma once

#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include <cstdint>

#include "kernels/gate.hpp"
#include "kernels/types.hpp"

namespace scanyard::kernels::cuda {

__device__ inline float load(const float* p) {
  return *p;
}
__device__ inline float load(const Bf16* p) {
  return __bfloat162float(__ushort_as_bfloat16(p->bits));
}
__device__ inline void store(float* p, float value) {
  *p = value;
}
__device__ inline void store(Bf16* p, float value) {
  p->bits = __bfloat16_as_ushort(__float2bfloat16_rn(value));
}

__device__ inline float logistic(float z) {
  const float e = expf(-fabsf(z));
  return (z >= 0 ? 1.f : e) / (1.f + e);
}

/// f(z): what is normalised. `shift` is the row's largest z for softmax.
__device__ inline float gate_raw(Gate gate, float z, float shift) {
  switch (gate) {
    case Gate::softmax:
      return expf(z - shift);
    case Gate::sigmoid_l1:
      return logistic(z);
    case Gate::relu_l1:
      return z > 0 ? z : (z == z ? 0.f : z);
    case Gate::tanh_l1:
      return tanhf(z);
    default:
      return z;
  }
}

/// f'(z) for every gate but softmax.
__device__ inline float gate_slope(Gate gate, float z) {
  switch (gate) {
    case Gate::sigmoid_l1:
      return logistic(z) * logistic(-z);
    case Gate::relu_l1:
      return z > 0 ? 1.f : 0.f;
    case Gate::tanh_l1:
      return 1.f - tanhf(z) * tanhf(z);
    default:
      return 1.f;
  }
}

/// A selective gate row of c values: its shift and what f(z) is divided by.
struct GateRow {
  float shift = 0;
  float divisor = 1;
};

template <class In>
__device__ GateRow read_gate_row(Gate gate, const In* z, int c) {
  GateRow row;
  if (gate == Gate::softmax) {
    row.shift = load(z);
    for (int j = 1; j < c; ++j)
      row.shift = fmaxf(row.shift, load(z + j));
  }
  if (gate == Gate::no_norm) return row;
  float sum = 0;
  for (int j = 0; j < c; ++j)
    sum += fabsf(gate_raw(gate, load(z + j), row.shift));
  row.divisor = gate == Gate::relu_l1 ? sum + 0.001f * static_cast<float>(c) : sum;
  return row;
}

/// dz_j from da_j, a_j and D = sum_j da_j a_j.
__device__ inline float gate_gradient(Gate gate, const GateRow& row, float z, float a, float da,
                                      float dot) {
  if (gate == Gate::softmax) return a * (da - dot);
  if (gate == Gate::no_norm) return da;
  const bool is_signed = gate == Gate::tanh_l1 || gate == Gate::lin_l1;
  const float sign = is_signed ? static_cast<float>((z > 0) - (z < 0)) : 1.f;
  return gate_slope(gate, z) * ((da - sign * dot) / row.divisor);
}

/// Sum over a warp, the same in every lane and always in the same order.
template <class T>
__device__ T warp_sum(T value) {
  for (int offset = 16; offset > 0; offset /= 2)
    value += __shfl_xor_sync(0xffffffffu, value, offset);
  return value;
}

inline unsigned blocks_for(std::int64_t items, int threads) {
  return static_cast<unsigned>((items + threads - 1) / threads);
}

}  // namespace scanyard::kernels::cuda
