//! BD-LRU's recurrence on lanes; bdlru_scan.hpp says what the arrays are. Included as lanes.hpp is.
//! M is the block size where it is known at compile time, else 0; Gated is false for the scan
//! alone.
#pragma once

#include "kernels/scan_simd/gates.hpp"
#include "kernels/scan_simd/sweep.hpp"

namespace scanyard::kernels {
namespace {

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

/// The channels of one group on their way through time.
template <class In, class T, int M, bool Gated>
class BdlruForwardGroup {
 public:
  using Real = T;
  using Op = BdlruForward<In, T>;

  void start(const Op& op, const Group<T>& group) {
    const Index m = op.shape.m;
    z_ = {op.z, group, group.unit, m * columns(op)};
    v_ = {op.v, group, group.unit, m};
    h_ = {op.h, group, group.unit, m};
    for (auto& value : state_)
      value = Vec<T>{};
    if (op.h0) load_tile<const T, T>({op.h0, group, group.ordinal, m}, 0, state_, int(m));
  }

  SCANYARD_LANES_INLINE void step(const Op& op, Index t) {
    const int m = M > 0 ? M : int(op.shape.m);
    const int c = Gated ? m + 1 : m;
    const Index at = t * op.shape.channels * m;
    Vec<T> v[room<M>], next[room<M>], f[room<M>];
    Vec<T> z[rows_at_once<M> * room<M>];
    load_tile<const In, T>(v_, at, v, m);
    if (M > 0) load_tile<const In, T>(z_, at * c, z, m * c);
#pragma GCC unroll 1
    for (int i = 0; i < m; ++i) {
      if (M != 1 && t + 1 < op.shape.length) {
        const Index next_at = at + op.shape.channels * m;
        prefetch_share(z_, next_at * c, Index(m) * c, i, m);
        prefetch_share(v_, next_at, m, i, m);
        prefetch_share(h_, next_at, m, i, m);
      }
      if (M == 0) load_tile<const In, T>(z_, at * c + Index(i) * c, z, c);
      const Vec<T>* row = z + (M > 0 ? i * c : 0);
      if constexpr (Gated) {
        state_[m] = v[i];
        next[i] = weighted_sum<T>(op.gate, row, state_, f, c);
      } else {
        next[i] = v[i];
        for (int j = 0; j < m; ++j)
          next[i] += row[j] * state_[j];
      }
    }
    for (int i = 0; i < m; ++i)
      state_[i] = next[i];
    store_tile<T, T>(h_, at, state_, m);
  }

  void finish(const Op&, const Group<T>&) {}

 private:
  static Index columns(const Op& op) {
    return Gated ? op.shape.m + 1 : op.shape.m;
  }

  Lanes<const In> z_, v_;
  Lanes<T> h_;
  Vec<T> state_[room<M>];  // h_{t-1}; the place after it takes v_i
};

template <class In, class T>
struct BdlruBackward {
  Gate gate;
  ScanShape shape;
  const In* z;
  const In* v;  ///< not read by the scan alone
  const T* h0;  ///< or nullptr
  const T* h;
  const T* dh;
  In* dz;
  In* dv;  ///< or dx
  T* dh0;  ///< or nullptr
};

/// The same, backwards in time.
template <class In, class T, int M, bool Gated>
class BdlruBackwardGroup {
 public:
  using Real = T;
  using Op = BdlruBackward<In, T>;

  void start(const Op& op, const Group<T>& group) {
    const Index m = op.shape.m;
    const Index c = Gated ? m + 1 : m;
    z_ = {op.z, group, group.unit, m * c};
    v_ = {op.v, group, group.unit, m};
    h_ = {op.h, group, group.unit, m};
    dh_ = {op.dh, group, group.unit, m};
    dz_ = {op.dz, group, group.unit, m * c};
    dv_ = {op.dv, group, group.unit, m};
    for (auto& value : first_)
      value = Vec<T>{};
    for (auto& value : carry_)
      value = Vec<T>{};
    if (op.h0) load_tile<const T, T>({op.h0, group, group.ordinal, m}, 0, first_, int(m));
  }

  SCANYARD_LANES_INLINE void step(const Op& op, Index t) {
    const int m = M > 0 ? M : int(op.shape.m);
    const int c = Gated ? m + 1 : m;
    const Index at = t * op.shape.channels * m;
    Vec<T> before[room<M>];  // h_{t-1}, then v_i
    Vec<T> dh[room<M>], v[room<M>], dv[room<M>], a[room<M>], carry[room<M>];
    Vec<T> z[rows_at_once<M> * room<M>], dz[rows_at_once<M> * room<M>];
    load_tile<const T, T>(dh_, at, dh, m);
    if (t > 0)
      load_tile<const T, T>(h_, at - op.shape.channels * m, before, m);
    else
      for (int i = 0; i < m; ++i)
        before[i] = first_[i];
    if (Gated) load_tile<const In, T>(v_, at, v, m);
    if (M > 0) load_tile<const In, T>(z_, at * c, z, m * c);
    for (int j = 0; j < m; ++j)
      carry[j] = Vec<T>{};
#pragma GCC unroll 1
    for (int i = 0; i < m; ++i) {
      prefetch(op, t, i);
      const Index row_at = at * c + Index(i) * c;
      if (M == 0) load_tile<const In, T>(z_, row_at, z, c);
      const Vec<T>* row = z + (M > 0 ? i * c : 0);
      Vec<T>* drow = dz + (M > 0 ? i * c : 0);
      const Vec<T> u = dh[i] + carry_[i];
      if constexpr (Gated) {
        before[m] = v[i];
        row_gradient<T>(op.gate, row, before, u, a, drow, c);
        dv[i] = u * a[m];
        for (int j = 0; j < m; ++j)
          carry[j] += a[j] * u;
      } else {
        dv[i] = u;
        for (int j = 0; j < m; ++j)
          drow[j] = u * before[j];
        for (int j = 0; j < m; ++j)
          carry[j] += row[j] * u;
      }
      if (M == 0) store_tile<In, T>(dz_, row_at, dz, c);
    }
    for (int j = 0; j < m; ++j)
      carry_[j] = carry[j];
    if (M > 0) store_tile<In, T>(dz_, at * c, dz, m * c);
    store_tile<In, T>(dv_, at, dv, m);
  }

  void finish(const Op& op, const Group<T>& group) {
    const Index m = op.shape.m;
    if (op.dh0) store_tile<T, T>({op.dh0, group, group.ordinal, m}, 0, carry_, int(m));
  }

 private:
  /// What the step before will read and write, in m shares.
  SCANYARD_LANES_INLINE void prefetch(const Op& op, Index t, int share) const {
    if (M == 1 || t == 0) return;  // small blocks come fast enough without
    const Index m = op.shape.m;
    const Index c = Gated ? m + 1 : m;
    const Index at = (t - 1) * op.shape.channels * m;
    prefetch_share(z_, at * c, m * c, share, int(m));
    prefetch_share(dz_, at * c, m * c, share, int(m));
    prefetch_share(dh_, at, m, share, int(m));
    prefetch_share(v_, at, m, share, int(m));
    prefetch_share(dv_, at, m, share, int(m));
    if (t > 1) prefetch_share(h_, at - op.shape.channels * m, m, share, int(m));
  }

  Lanes<const In> z_, v_;
  Lanes<const T> h_, dh_;
  Lanes<In> dz_, dv_;
  Vec<T> first_[room<M>];  // the state before step 0
  Vec<T> carry_[room<M>];  // A_{t+1}^T u_{t+1}
};

template <class In, class T, bool Gated>
void bdlru_forward(const BdlruForward<In, T>& op, Range range) {
  with_block_size<In, Gated>(op.shape.m, [&](auto m) {
    sweep<BdlruForwardGroup<In, T, m(), Gated>>(op, range, Forward());
  });
}

template <class In, class T, bool Gated>
void bdlru_backward(const BdlruBackward<In, T>& op, Range range) {
  with_block_size<In, Gated>(op.shape.m, [&](auto m) {
    sweep<BdlruBackwardGroup<In, T, m(), Gated>>(op, range, Backward());
  });
}

}  // namespace
}  // namespace scanyard::kernels
