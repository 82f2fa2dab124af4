//! BD-LRU's recurrence on a GPU: kernels/bdlru_scan.hpp's letters, layouts and formulas, arithmetic
//! in float32. In is float or Bf16. One thread a (chain, block): right for many short chains; the
//! gates are normalised on the way, nothing but h reaches memory. A chain's result depends on that
//! chain only, bit for bit.
#pragma once

#include "kernels/bdlru_scan.hpp"
#include "kernels/cuda/launch.hpp"

namespace scanyard::kernels::cuda {

template <class In>
Status bdlru_scan_forward(Gate gate, const ScanShape& shape, const In* z, const In* v, float* h,
                          Stream stream);

template <class In>
Status bdlru_scan_backward(Gate gate, const ScanShape& shape, const In* z, const In* v,
                           const float* h, const float* dh, In* dz, In* dv, Stream stream);

}  // namespace scanyard::kernels::cuda
