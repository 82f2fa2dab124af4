//! H-LRU-T, the column form of H-LRU (protocol.md 3.3, "Transposition trap"): the released code's
//! faster path and the language models multiply the companion matrix from the other side. Per
//! channel, with slots s of the state: s_t[i] = a_{i+1,t} s_{t-1}[0] + s_{t-1}[i+1], the last
//! without the second term, and a_{0,t} v_t added to slot 0. So h_t = s_t[0] = sum_i a_{i,t-i+1}
//! h_{t-i} + a_{0,t} v_t: lag i is weighted by the gate of step t-i+1, and slots 1.. hold partial
//! sums. Not equation 3: Proposition 1 fails. Kept as a labelled variant.
//!
//! Letters, layouts, types and bytes as in hlru_scan.hpp; y_t = s_t. One plain loop, which
//! is also what the GPU's kernel is tested against.
#pragma once

#include "kernels/bdlru_scan.hpp"

namespace scanyard::kernels {

/// Writes y of the chains in `range`.
template <class In, class T>
void hlru_transposed_scan_forward(Gate gate, const ScanShape& shape, const In* z, const In* v, T* y,
                                  Range range);

/// Writes dz and dv of the chains in `range` from y and dy.
template <class In, class T>
void hlru_transposed_scan_backward(Gate gate, const ScanShape& shape, const In* z, const In* v,
                                   const T* y, const T* dy, In* dz, In* dv, Range range);

}  // namespace scanyard::kernels
