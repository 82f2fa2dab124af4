//! H-LRU's recurrence on a GPU: kernels/hlru_scan.hpp's letters, layouts and formulas (or those of
//! kernels/hlru_transposed_scan.hpp), arithmetic and state in float32. <In, Out> is <float, float>,
//! <Bf16, float> or <Bf16, Bf16>: y and dy are Out. m is 1 to scan_m_max; 1 to 8 and 16 have
//! kernels of their own.
//!
//! Bytes that must move, per chain, step and channel, in bf16 with bf16 states: forward 2 (2m + 2),
//! backward 4 (2m + 2).
//!
//! A chain's result depends on that chain only, bit for bit: not on the number of chains, on
//! alignment, on the device's size, or on the tuning.
#pragma once

#include "kernels/cuda/launch.hpp"
#include "kernels/cuda/scan_tuning.hpp"
#include "kernels/hlru_scan.hpp"
#include "kernels/hlru_transposed_scan.hpp"

namespace scanyard::kernels::cuda {

enum class HlruForm {
  plain,       ///< equation 3
  transposed,  ///< H-LRU-T
};

/// Writes y.
template <class In, class Out>
Status hlru_scan_forward(Gate gate, const ScanShape& shape, const In* z, const In* v, Out* y,
                         Stream stream, HlruForm form = HlruForm::plain,
                         const ScanTuning& tuning = {});

/// Writes dz and dv.
template <class In, class Out>
Status hlru_scan_backward(Gate gate, const ScanShape& shape, const In* z, const In* v, const Out* y,
                          const Out* dy, In* dz, In* dv, Stream stream,
                          HlruForm form = HlruForm::plain, const ScanTuning& tuning = {});

}  // namespace scanyard::kernels::cuda
