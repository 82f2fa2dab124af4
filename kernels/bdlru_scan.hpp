//! BD-LRU recurrence with its gates (protocol.md 3.2): h_t = A_t h_{t-1} + a0_t * v_t per block,
//! h_{-1} = 0.
//!
//! Letters: N chains (replicas times sequences), T steps, H blocks, m states of a block; N, T, H, m
//! are sizes of dense row-major arrays. z [N, T, H, m, m+1] raw gates (row i: A[i][0..m-1], then
//! a0_i), v [N, T, H, m], h [N, T, H, m]. Types <In, T>: z, v, dz, dv are In, all else is T, as is
//! the arithmetic: <float, float>, <double, double>, <Bf16, float>. Bytes in float32, per chain,
//! step and block: forward reads 4 m (m+2), writes 4 m; backward reads 4 m (m+4), writes 4 m (m+2).
//! Nothing but h is kept for the backward pass; the gates are normalised again. m is 1 to
//! `scan_m_max`.
//!
//! Determinism: a chain's result depends on that chain only, bit for bit: not on N, the range, or
//! the thread. Threads: none inside. Calls on disjoint ranges of chains may run at the same time.
#pragma once

#include <cstdint>

#include "kernels/gate.hpp"
#include "kernels/isa.hpp"
#include "kernels/types.hpp"

namespace scanyard::kernels {

inline constexpr std::int64_t scan_m_max = 64;

/// Sizes of a scan. `channels` is H: blocks of BD-LRU, channels of H-LRU.
struct ScanShape {
  std::int64_t chains = 0;
  std::int64_t length = 0;
  std::int64_t channels = 0;
  std::int64_t m = 0;
};

/// Writes h of the chains in `range`.
template <class In, class T>
void bdlru_scan_forward(Gate gate, const ScanShape& shape, const In* z, const In* v, T* h,
                        Range range, Isa isa = best_isa());

/// Writes dz and dv of the chains in `range`. h is the forward pass's, dh [N, T, H, m] the gradient
/// by it.
template <class In, class T>
void bdlru_scan_backward(Gate gate, const ScanShape& shape, const In* z, const In* v, const T* h,
                         const T* dh, In* dz, In* dv, Range range, Isa isa = best_isa());

/// The scan alone: h_t = A_t h_{t-1} + x_t. A [N, T, H, m, m], x [N, T, H, m], h0 [N, H, m] or
/// nullptr for zeros. T is float or double.
template <class T>
void bdlru_plain_forward(const ScanShape& shape, const T* A, const T* x, const T* h0, T* h,
                         Range range, Isa isa = best_isa());

/// dA, dx and dh0 (or nullptr when not wanted) from dh.
template <class T>
void bdlru_plain_backward(const ScanShape& shape, const T* A, const T* h, const T* h0, const T* dh,
                          T* dA, T* dx, T* dh0, Range range, Isa isa = best_isa());

}  // namespace scanyard::kernels
