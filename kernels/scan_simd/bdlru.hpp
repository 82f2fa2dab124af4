//! BD-LRU's recurrence on lanes; bdlru_scan.hpp says what the arrays are. Included as lanes.hpp is.
//! M is the block size where it is known at compile time, else 0; Gated is false for the scan
//! alone.
#pragma once

#include "kernels/scan_simd/gates.hpp"
#include "kernels/scan_simd/tiles.hpp"

namespace scanyard::kernels {
namespace {

/// Room for m values; m + 1 with an input gate.
template <int M>
constexpr int room = (M > 0 ? M : int(scan_m_max)) + 1;

/// Rows that are loaded at once: a whole block where it is small.
template <int M>
constexpr int rows_at_once = M > 0 ? M : 1;

template <class In, class T>
struct BdlruForward {
  Gate gate;
  ScanShape shape;
  const In* z;  ///< or A
  const In* v;  ///< or x
  const T* h0;  ///< or nullptr
  T* h;
};

template <class In, class T, int M, bool Gated>
void bdlru_forward_group(const BdlruForward<In, T>& op, const Group<width<T>>& group) {
  using V = Vec<T>;
  const ScanShape& s = op.shape;
  const int m = M > 0 ? M : int(s.m);
  const int c = Gated ? m + 1 : m;
  const Lanes<const In> z_lanes(op.z, group, group.unit, Index(m) * c);
  const Lanes<const In> v_lanes(op.v, group, group.unit, m);
  const Lanes<T> h_lanes(op.h, group, group.unit, m);
  V state[room<M>] = {};  // h_{t-1}; the place after it takes v_i
  V next[room<M>];
  V v[room<M>];
  V z[rows_at_once<M> * room<M>];
  V f[room<M>];
  if (op.h0) load_tile<const T, T>(Lanes<const T>(op.h0, group, group.ordinal, m), 0, state, m);
  for (Index t = 0; t < s.length; ++t) {
    const Index step = t * s.channels * m;
    load_tile<const In, T>(v_lanes, step, v, m);
    if (M > 0) load_tile<const In, T>(z_lanes, step * c, z, m * c);
#pragma GCC unroll 1
    for (int i = 0; i < m; ++i) {
      if (M == 0) load_tile<const In, T>(z_lanes, step * c + Index(i) * c, z, c);
      const V* row = z + (M > 0 ? i * c : 0);
      if constexpr (Gated) {
        state[m] = v[i];
        next[i] = weighted_sum<T>(op.gate, row, state, f, c);
      } else {
        V sum = v[i];
        for (int j = 0; j < m; ++j)
          sum += row[j] * state[j];
        next[i] = sum;
      }
    }
    for (int i = 0; i < m; ++i)
      state[i] = next[i];
    store_tile<T, T>(h_lanes, step, state, m);
  }
}

template <class In, class T>
struct BdlruBackward {
  Gate gate;
  ScanShape shape;
  const In* z;
  const In* v;  ///< nullptr for the scan alone
  const T* h0;  ///< or nullptr
  const T* h;
  const T* dh;
  In* dz;
  In* dv;  ///< or dx
  T* dh0;  ///< or nullptr
};

template <class In, class T, int M, bool Gated>
void bdlru_backward_group(const BdlruBackward<In, T>& op, const Group<width<T>>& group) {
  using V = Vec<T>;
  const ScanShape& s = op.shape;
  const int m = M > 0 ? M : int(s.m);
  const int c = Gated ? m + 1 : m;
  const Lanes<const In> z_lanes(op.z, group, group.unit, Index(m) * c);
  const Lanes<const In> v_lanes(op.v, group, group.unit, m);
  const Lanes<const T> h_lanes(op.h, group, group.unit, m);
  const Lanes<const T> dh_lanes(op.dh, group, group.unit, m);
  const Lanes<In> dz_lanes(op.dz, group, group.unit, Index(m) * c);
  const Lanes<In> dv_lanes(op.dv, group, group.unit, m);
  V first[room<M>] = {};  // the state before step 0
  V before[room<M>];      // h_{t-1}, then v_i
  V carry[room<M>] = {};  // A_{t+1}^T u_{t+1}
  V dh[room<M>], v[room<M>], dv[room<M>], a[room<M>], next_carry[room<M>];
  V z[rows_at_once<M> * room<M>], dz[rows_at_once<M> * room<M>];
  if (op.h0) load_tile<const T, T>(Lanes<const T>(op.h0, group, group.ordinal, m), 0, first, m);
  for (Index t = s.length - 1; t >= 0; --t) {
    const Index step = t * s.channels * m;
    load_tile<const T, T>(dh_lanes, step, dh, m);
    if (t > 0)
      load_tile<const T, T>(h_lanes, step - s.channels * m, before, m);
    else
      for (int i = 0; i < m; ++i)
        before[i] = first[i];
    if (Gated) load_tile<const In, T>(v_lanes, step, v, m);
    if (M > 0) load_tile<const In, T>(z_lanes, step * c, z, m * c);
    for (int j = 0; j < m; ++j)
      next_carry[j] = V{};
#pragma GCC unroll 1
    for (int i = 0; i < m; ++i) {
      if (M == 0) load_tile<const In, T>(z_lanes, step * c + Index(i) * c, z, c);
      const V* row = z + (M > 0 ? i * c : 0);
      V* drow = dz + (M > 0 ? i * c : 0);
      const V u = dh[i] + carry[i];
      if constexpr (Gated) {
        before[m] = v[i];
        row_gradient<T>(op.gate, row, before, u, a, drow, c);
        dv[i] = u * a[m];
        for (int j = 0; j < m; ++j)
          next_carry[j] += a[j] * u;
      } else {
        dv[i] = u;
        for (int j = 0; j < m; ++j)
          drow[j] = u * before[j];
        for (int j = 0; j < m; ++j)
          next_carry[j] += row[j] * u;
      }
      if (M == 0) store_tile<In, T>(dz_lanes, step * c + Index(i) * c, dz, c);
    }
    for (int j = 0; j < m; ++j)
      carry[j] = next_carry[j];
    if (M > 0) store_tile<In, T>(dz_lanes, step * c, dz, m * c);
    store_tile<In, T>(dv_lanes, step, dv, m);
  }
  if (op.dh0) store_tile<T, T>(Lanes<T>(op.dh0, group, group.ordinal, m), 0, carry, m);
}

/// Calls f(group) for all channels of all chains in the range.
template <class T, class F>
SCANYARD_LANES_INLINE void for_each_group(const ScanShape& s, Range range, F f) {
  const Index end = range.end * s.channels;
  for (Index first = range.begin * s.channels; first < end; first += width<T>)
    f(Group<width<T>>(s, first, end));
}

/// Calls f with the block size as a constant where there is a build for it, else with 0. What tests
/// run only, double and the scan alone, has none: every one costs seconds of compilation.
template <class T, bool Gated, class F>
SCANYARD_LANES_INLINE void with_block_size(Index m, F f) {
  if constexpr (sizeof(T) == 4 && Gated) {
    switch (m) {
      case 1:
        return f(std::integral_constant<int, 1>());
      case 2:
        return f(std::integral_constant<int, 2>());
      case 3:
        return f(std::integral_constant<int, 3>());
      case 4:
        return f(std::integral_constant<int, 4>());
      case 5:
        return f(std::integral_constant<int, 5>());
      case 6:
        return f(std::integral_constant<int, 6>());
      case 8:
        return f(std::integral_constant<int, 8>());
      default:
        break;
    }
  }
  f(std::integral_constant<int, 0>());
}

template <class In, class T, bool Gated>
void bdlru_forward(const BdlruForward<In, T>& op, Range range) {
  with_block_size<T, Gated>(op.shape.m, [&](auto m) {
    for_each_group<T>(op.shape, range, [&](const auto& group) {
      bdlru_forward_group<In, T, m(), Gated>(op, group);
    });
  });
}

template <class In, class T, bool Gated>
void bdlru_backward(const BdlruBackward<In, T>& op, Range range) {
  with_block_size<T, Gated>(op.shape.m, [&](auto m) {
    for_each_group<T>(op.shape, range, [&](const auto& group) {
      bdlru_backward_group<In, T, m(), Gated>(op, group);
    });
  });
}

}  // namespace
}  // namespace scanyard::kernels
