//! H-LRU recurrence with its gates (protocol.md 3.3, equation 3), per channel:
//! h_t = sum_{i=1..m} a_{i,t} h_{t-i} + a_{0,t} v_t, h before the first step = 0. The output is the
//! last m states: y_t[s] = h_{t-s}, slot 0 the newest.
//!
//! Letters: N chains (replicas times sequences), T steps, H channels, m lags. z [N, T, H, m+1] raw
//! gates (lag 1 first, the input gate last), v [N, T, H], y [N, T, H, m]. Types <In, T> as in
//! bdlru_scan.hpp. Bytes in float32, per chain, step and channel: forward reads 4 (m+2), writes 4
//! m; backward reads 4 (3m+2), writes 4 (m+2). Nothing but y is kept for the backward pass.
//! Determinism and threads: as in bdlru_scan.hpp.
#pragma once

#include "kernels/bdlru_scan.hpp"

namespace scanyard::kernels {

/// Writes y of the chains in `range`.
template <class In, class T>
void hlru_scan_forward(Gate gate, const ScanShape& shape, const In* z, const In* v, T* y,
                       Range range, Isa isa = best_isa());

/// Writes dz and dv of the chains in `range` from y and dy [N, T, H, m], the gradient by all slots.
template <class In, class T>
void hlru_scan_backward(Gate gate, const ScanShape& shape, const In* z, const In* v, const T* y,
                        const T* dy, In* dz, In* dv, Range range, Isa isa = best_isa());

/// The scan alone: h_t = sum_i a_{i,t} h_{t-i} + u_t. a [N, T, H, m] (lag i at i-1), u [N, T, H];
/// past [N, H, m] with past[s] = h_{-1-s}, or nullptr for zeros. T is float or double.
template <class T>
void hlru_plain_forward(const ScanShape& shape, const T* a, const T* u, const T* past, T* y,
                        Range range, Isa isa = best_isa());

/// da, du and dpast (or nullptr when not wanted) from dy.
template <class T>
void hlru_plain_backward(const ScanShape& shape, const T* a, const T* y, const T* past, const T* dy,
                         T* da, T* du, T* dpast, Range range, Isa isa = best_isa());

}  // namespace scanyard::kernels
