//! H-LRU's recurrence on lanes; hlru_scan.hpp says what the arrays are. Included as lanes.hpp is.
#pragma once

#include "kernels/scan_simd/bdlru.hpp"

namespace scanyard::kernels {
namespace {

template <class In, class T>
struct HlruForward {
  Gate gate;
  ScanShape shape;
  const In* z;    ///< or a
  const In* v;    ///< or u
  const T* past;  ///< or nullptr
  T* y;
};

template <class In, class T, int M, bool Gated>
void hlru_forward_group(const HlruForward<In, T>& op, const Group<width<T>>& group) {
  using V = Vec<T>;
  const ScanShape& s = op.shape;
  const int m = M > 0 ? M : int(s.m);
  const int c = Gated ? m + 1 : m;
  const Lanes<const In> z_lanes(op.z, group, group.unit, c);
  const Lanes<const In> v_lanes(op.v, group, group.unit, 1);
  const Lanes<T> y_lanes(op.y, group, group.unit, m);
  V lags[room<M>] = {};  // h_{t-1}, h_{t-2}, ..; the place after them takes v
  V z[room<M>], f[room<M>];
  if (op.past) load_tile<const T, T>(Lanes<const T>(op.past, group, group.ordinal, m), 0, lags, m);
  for (Index t = 0; t < s.length; ++t) {
    const Index step = t * s.channels;
    V v;
    load_tile<const In, T>(v_lanes, step, &v, 1);
    load_tile<const In, T>(z_lanes, step * c, z, c);
    V state;
    if constexpr (Gated) {
      lags[m] = v;
      state = weighted_sum<T>(op.gate, z, lags, f, c);
    } else {
      state = v;
      for (int i = 0; i < m; ++i)
        state += z[i] * lags[i];
    }
    for (int i = m - 1; i > 0; --i)
      lags[i] = lags[i - 1];
    lags[0] = state;
    store_tile<T, T>(y_lanes, step * m, lags, m);
  }
}

template <class In, class T>
struct HlruBackward {
  Gate gate;
  ScanShape shape;
  const In* z;
  const In* v;    ///< nullptr for the scan alone
  const T* past;  ///< or nullptr
  const T* y;
  const T* dy;
  In* dz;
  In* dv;    ///< or du
  T* dpast;  ///< or nullptr
};

template <class In, class T, int M, bool Gated>
void hlru_backward_group(const HlruBackward<In, T>& op, const Group<width<T>>& group) {
  using V = Vec<T>;
  const ScanShape& s = op.shape;
  const int m = M > 0 ? M : int(s.m);
  const int c = Gated ? m + 1 : m;
  const Lanes<const In> z_lanes(op.z, group, group.unit, c);
  const Lanes<const In> v_lanes(op.v, group, group.unit, 1);
  const Lanes<const T> y_lanes(op.y, group, group.unit, m);
  const Lanes<const T> dy_lanes(op.dy, group, group.unit, m);
  const Lanes<In> dz_lanes(op.dz, group, group.unit, c);
  const Lanes<In> dv_lanes(op.dv, group, group.unit, 1);
  V first[room<M>] = {};
  V pending[room<M> + 1] = {};  // slot s: what later steps ask of h_{t-s}
  V lags[room<M>], dy[room<M>], z[room<M>], a[room<M>], dz[room<M>];
  if (op.past) load_tile<const T, T>(Lanes<const T>(op.past, group, group.ordinal, m), 0, first, m);
  for (Index t = s.length - 1; t >= 0; --t) {
    const Index step = t * s.channels;
    load_tile<const T, T>(dy_lanes, step * m, dy, m);
    if (t > 0)
      load_tile<const T, T>(y_lanes, (step - s.channels) * m, lags, m);
    else
      for (int i = 0; i < m; ++i)
        lags[i] = first[i];
    load_tile<const In, T>(z_lanes, step * c, z, c);
    for (int i = 0; i < m; ++i)
      pending[i] += dy[i];
    const V u = pending[0];
    V dv;
    if constexpr (Gated) {
      load_tile<const In, T>(v_lanes, step, &lags[m], 1);
      row_gradient<T>(op.gate, z, lags, u, a, dz, c);
      dv = u * a[m];
      for (int i = 0; i < m; ++i)
        pending[i] = pending[i + 1] + u * a[i];
    } else {
      dv = u;
      for (int i = 0; i < m; ++i)
        dz[i] = u * lags[i];
      for (int i = 0; i < m; ++i)
        pending[i] = pending[i + 1] + u * z[i];
    }
    store_tile<In, T>(dz_lanes, step * c, dz, c);
    store_tile<In, T>(dv_lanes, step, &dv, 1);
  }
  if (op.dpast) store_tile<T, T>(Lanes<T>(op.dpast, group, group.ordinal, m), 0, pending, m);
}

template <class In, class T, bool Gated>
void hlru_forward(const HlruForward<In, T>& op, Range range) {
  with_block_size<T, Gated>(op.shape.m, [&](auto m) {
    for_each_group<T>(op.shape, range,
                      [&](const auto& group) { hlru_forward_group<In, T, m(), Gated>(op, group); });
  });
}

template <class In, class T, bool Gated>
void hlru_backward(const HlruBackward<In, T>& op, Range range) {
  with_block_size<T, Gated>(op.shape.m, [&](auto m) {
    for_each_group<T>(op.shape, range, [&](const auto& group) {
      hlru_backward_group<In, T, m(), Gated>(op, group);
    });
  });
}

}  // namespace
}  // namespace scanyard::kernels
