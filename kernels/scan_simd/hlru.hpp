//! H-LRU's recurrence on lanes; hlru_scan.hpp says what the arrays are. Included as lanes.hpp is.
#pragma once

#include "kernels/scan_simd/gates.hpp"
#include "kernels/scan_simd/sweep.hpp"

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

/// The channels of one group on their way through time.
template <class In, class T, int M, bool Gated>
class HlruForwardGroup {
 public:
  using Real = T;
  using Op = HlruForward<In, T>;

  void start(const Op& op, const Group<T>& group) {
    const Index m = op.shape.m;
    z_ = {op.z, group, group.unit, Gated ? m + 1 : m};
    v_ = {op.v, group, group.unit, 1};
    y_ = {op.y, group, group.unit, m};
    for (auto& value : lags_)
      value = Vec<T>{};
    if (op.past) load_tile<const T, T>({op.past, group, group.ordinal, m}, 0, lags_, int(m));
  }

  SCANYARD_LANES_INLINE void step(const Op& op, Index t) {
    const int m = M > 0 ? M : int(op.shape.m);
    const int c = Gated ? m + 1 : m;
    const Index at = t * op.shape.channels;
    Vec<T> v, state, z[room<M>], f[room<M>];
    load_tile<const In, T>(v_, at, &v, 1);
    load_tile<const In, T>(z_, at * c, z, c);
    if constexpr (Gated) {
      lags_[m] = v;
      state = weighted_sum<T>(op.gate, z, lags_, f, c);
    } else {
      state = v;
      for (int i = 0; i < m; ++i)
        state += z[i] * lags_[i];
    }
    for (int i = m - 1; i > 0; --i)
      lags_[i] = lags_[i - 1];
    lags_[0] = state;
    store_tile<T, T>(y_, at * m, lags_, m);
  }

  void finish(const Op&, const Group<T>&) {}

 private:
  Lanes<const In> z_, v_;
  Lanes<T> y_;
  Vec<T> lags_[room<M>];  // h_{t-1}, h_{t-2}, ..; the place after them takes v
};

template <class In, class T>
struct HlruBackward {
  Gate gate;
  ScanShape shape;
  const In* z;
  const In* v;    ///< not read by the scan alone
  const T* past;  ///< or nullptr
  const T* y;
  const T* dy;
  In* dz;
  In* dv;    ///< or du
  T* dpast;  ///< or nullptr
};

/// The same, backwards in time.
template <class In, class T, int M, bool Gated>
class HlruBackwardGroup {
 public:
  using Real = T;
  using Op = HlruBackward<In, T>;

  void start(const Op& op, const Group<T>& group) {
    const Index m = op.shape.m;
    const Index c = Gated ? m + 1 : m;
    z_ = {op.z, group, group.unit, c};
    v_ = {op.v, group, group.unit, 1};
    y_ = {op.y, group, group.unit, m};
    dy_ = {op.dy, group, group.unit, m};
    dz_ = {op.dz, group, group.unit, c};
    dv_ = {op.dv, group, group.unit, 1};
    for (auto& value : first_)
      value = Vec<T>{};
    for (auto& value : pending_)
      value = Vec<T>{};
    if (op.past) load_tile<const T, T>({op.past, group, group.ordinal, m}, 0, first_, int(m));
  }

  SCANYARD_LANES_INLINE void step(const Op& op, Index t) {
    const int m = M > 0 ? M : int(op.shape.m);
    const int c = Gated ? m + 1 : m;
    const Index at = t * op.shape.channels;
    prefetch(op, t);
    Vec<T> lags[room<M>];  // h_{t-1}, h_{t-2}, .., then v
    Vec<T> dv, dy[room<M>], z[room<M>], a[room<M>], dz[room<M>];
    load_tile<const T, T>(dy_, at * m, dy, m);
    if (t > 0)
      load_tile<const T, T>(y_, (at - op.shape.channels) * m, lags, m);
    else
      for (int i = 0; i < m; ++i)
        lags[i] = first_[i];
    load_tile<const In, T>(z_, at * c, z, c);
    for (int i = 0; i < m; ++i)
      pending_[i] += dy[i];
    const Vec<T> u = pending_[0];
    if constexpr (Gated) {
      load_tile<const In, T>(v_, at, &lags[m], 1);
      row_gradient<T>(op.gate, z, lags, u, a, dz, c);
      dv = u * a[m];
      for (int i = 0; i < m; ++i)
        pending_[i] = pending_[i + 1] + u * a[i];
    } else {
      dv = u;
      for (int i = 0; i < m; ++i)
        dz[i] = u * lags[i];
      for (int i = 0; i < m; ++i)
        pending_[i] = pending_[i + 1] + u * z[i];
    }
    store_tile<In, T>(dz_, at * c, dz, c);
    store_tile<In, T>(dv_, at, &dv, 1);
  }

  void finish(const Op& op, const Group<T>& group) {
    const Index m = op.shape.m;
    if (op.dpast) store_tile<T, T>({op.dpast, group, group.ordinal, m}, 0, pending_, int(m));
  }

 private:
  /// What the step before will read and write.
  SCANYARD_LANES_INLINE void prefetch(const Op& op, Index t) const {
    if (M == 1 || t == 0) return;
    const Index m = op.shape.m;
    const Index c = Gated ? m + 1 : m;
    const Index at = (t - 1) * op.shape.channels;
    prefetch_share(z_, at * c, c, 0, 1);
    prefetch_share(dz_, at * c, c, 0, 1);
    prefetch_share(dy_, at * m, m, 0, 1);
    if (t > 1) prefetch_share(y_, (at - op.shape.channels) * m, m, 0, 1);
  }

  Lanes<const In> z_, v_;
  Lanes<const T> y_, dy_;
  Lanes<In> dz_, dv_;
  Vec<T> first_[room<M>];    // the states before step 0
  Vec<T> pending_[room<M>];  // slot s: what later steps ask of h_{t-s}; the last one is always 0
};

template <class In, class T, bool Gated>
void hlru_forward(const HlruForward<In, T>& op, Range range) {
  with_block_size<In, Gated>(op.shape.m, [&](auto m) {
    sweep<HlruForwardGroup<In, T, m(), Gated>>(op, range, Forward());
  });
}

template <class In, class T, bool Gated>
void hlru_backward(const HlruBackward<In, T>& op, Range range) {
  with_block_size<In, Gated>(op.shape.m, [&](auto m) {
    sweep<HlruBackwardGroup<In, T, m(), Gated>>(op, range, Backward());
  });
}

}  // namespace
}  // namespace scanyard::kernels
