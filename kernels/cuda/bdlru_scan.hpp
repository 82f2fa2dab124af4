//! BD-LRU's recurrence on a GPU: kernels/bdlru_scan.hpp's letters, layouts and formulas, arithmetic
//! and state in float32. <In, Out> is <float, float>, <Bf16, float> or <Bf16, Bf16>: z, v, dz, dv
//! are In; h and dh are Out (the recurrence itself keeps its state in float32 registers; the
//! backward pass sees the stored h). m is 1 to scan_m_max; 1 to 16 have kernels of their own.
//!
//! Bytes that must move, per chain, step and block, in bf16 with bf16 states: forward 2 m (m+3),
//! backward 4 m (m+3). The kernels move these and no others where rows are multiples of 16 bytes.
//!
//! Sequences of 16384 steps and more are cut along time where a workspace is given: results then
//! differ in the last bits from those without. (kernels/cuda/bdlru_pieces.cuh)
//!
//! A chain's result depends on that chain only, bit for bit: not on the number of chains, on
//! alignment, on the device's size, or on the tuning.
#pragma once

#include "kernels/bdlru_scan.hpp"
#include "kernels/cuda/launch.hpp"
#include "kernels/cuda/scan_tuning.hpp"

namespace scanyard::kernels::cuda {

/// Floats of device memory that a long sequence's workspace takes; 0 where none is of use.
std::int64_t bdlru_scan_workspace(const ScanShape& shape);

/// Writes h. `workspace`: bdlru_scan_workspace() floats, overwritten, or nullptr.
template <class In, class Out>
Status bdlru_scan_forward(Gate gate, const ScanShape& shape, const In* z, const In* v, Out* h,
                          Stream stream, const ScanTuning& tuning = {}, float* workspace = nullptr);

/// Writes dz and dv.
template <class In, class Out>
Status bdlru_scan_backward(Gate gate, const ScanShape& shape, const In* z, const In* v,
                           const Out* h, const Out* dh, In* dz, In* dv, Stream stream,
                           const ScanTuning& tuning = {}, float* workspace = nullptr);

}  // namespace scanyard::kernels::cuda
