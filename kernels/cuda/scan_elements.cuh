//! Gate rows element by element, for sizes that are known at run time only: what scan_rows.cuh does
//! in registers, on shared memory.
#pragma once

#include "kernels/cuda/scan_rows.cuh"

namespace scanyard::kernels::cuda {

template <class E>
SIMT_DEVICE float element(const char* p, int index) {
  if constexpr (sizeof(E) == 4)
    return reinterpret_cast<const float*>(p)[index];
  else
    return simt::float_of_bits(std::uint32_t(reinterpret_cast<const std::uint16_t*>(p)[index])
                               << 16);
}
template <class E>
SIMT_DEVICE void set_element(char* p, int index, float value) {
  if constexpr (sizeof(E) == 4)
    reinterpret_cast<float*>(p)[index] = value;
  else
    reinterpret_cast<std::uint16_t*>(p)[index] =
        static_cast<std::uint16_t>(simt::pack_bf16(value, 0.f));
}

/// f(z) of any gate; `shift` is log2(e) times a softmax row's largest z.
SIMT_DEVICE float wide_value(Gate gate, float z, float shift) {
  if (gate == Gate::softmax) return simt::exp2_fast(fmaf(z, 1.4426950408889634f, -shift));
  float one[1] = {z};
  gate_values(gate, one);
  return one[0];
}

/// A row's softmax shift and what it is divided by.
template <class In>
SIMT_DEVICE void wide_row(Gate gate, const char* z, int c, float& shift, float& divisor) {
  shift = 0;
  if (gate == Gate::softmax) {
    float largest = element<In>(z, 0);
    for (int j = 1; j < c; ++j)
      largest = fmaxf(largest, element<In>(z, j));
    shift = largest * 1.4426950408889634f;
  }
  float sum = 0;
  for (int j = 0; j < c; ++j)
    sum += fabsf(wide_value(gate, element<In>(z, j), shift));
  divisor = gate == Gate::softmax ? sum : gate_divisor_of(gate, sum, c);
}

/// dz from z, f = f(z), what its coefficient multiplies, the row's output and u, the gradient by
/// it.
SIMT_DEVICE float wide_gradient(Gate gate, float z, float f, float divisor, float input,
                                float output, float u) {
  if (gate == Gate::softmax) return f / divisor * u * (input - output);
  const bool is_signed = gate == Gate::tanh_l1 || gate == Gate::lin_l1;
  const float sign = is_signed ? static_cast<float>((z > 0) - (z < 0)) : 1.f;
  const float inner = gate == Gate::no_norm ? input : input - sign * output;
  return gate_derivative(gate, z, f) * (u * inner / divisor);
}

}  // namespace scanyard::kernels::cuda
