//! H-LRU's recurrence on a GPU: kernels/hlru_scan.hpp's letters, layouts and formulas, arithmetic
//! in float32. In is float or Bf16. One thread a (chain, channel). A chain's result depends on that
//! chain only, bit for bit.
#pragma once

#include "kernels/cuda/launch.hpp"
#include "kernels/hlru_scan.hpp"

namespace scanyard::kernels::cuda {

template <class In>
Status hlru_scan_forward(Gate gate, const ScanShape& shape, const In* z, const In* v, float* y,
                         Stream stream);

template <class In>
Status hlru_scan_backward(Gate gate, const ScanShape& shape, const In* z, const In* v,
                          const float* y, const float* dy, In* dz, In* dv, Stream stream);

}  // namespace scanyard::kernels::cuda
