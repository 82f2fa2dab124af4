//! Walking through chains, channels and time. Included as lanes.hpp is.
#pragma once

#include <type_traits>

#include "kernels/scan_simd/tiles.hpp"

namespace scanyard::kernels {
namespace {

/// Room for m values and one more, where m is M or, with M = 0, known at run time only.
template <int M>
constexpr int room = (M > 0 ? M : int(scan_m_max)) + 1;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_sanitised = true;
#else
constexpr bool is_sanitised = false;
#endif

/// Whether block sizes have builds of their own: where training spends its time. Every one costs a
/// second of compilation (a minute under sanitizers), so that double, the scan alone and machines
/// without AVX2 make do with the one for any size.
template <class In, bool Gated>
constexpr bool has_block_sizes =
    sizeof(In) < 8 && Gated && vector_bytes > 16 && !is_sanitised;

/// Calls f with the block size as a constant where there is a build for it, else with 0.
template <class In, bool Gated, class F>
SCANYARD_LANES_INLINE void with_block_size(Index m, F f) {
  if constexpr (has_block_sizes<In, Gated>) {
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
      case 8:
        return f(std::integral_constant<int, 8>());
      default:
        break;
    }
  }
  f(std::integral_constant<int, 0>());
}

/// The order of steps.
struct Forward {
  Index operator()(Index turn, Index) const { return turn; }
};
struct Backward {
  Index operator()(Index turn, Index length) const { return length - 1 - turn; }
};

constexpr int side_by_side_max = 16;

/// Groups that go side by side: a chain's own, so that memory is walked through in order, but not
/// too many for the nearest cache; one where several chains fit a group.
template <class T>
int side_by_side(const ScanShape& s) {
  const auto per_chain = int((s.channels + width<T> - 1) / width<T>);
  const int parts = (per_chain + side_by_side_max - 1) / side_by_side_max;
  return (per_chain + parts - 1) / parts;
}

/// Takes all channels of the chains in `range` through time. Groups go side by side, step by step,
/// because one group alone would jump over all other channels at every step.
template <class GroupScan, class Op, class Order>
void sweep(const Op& op, Range range, Order order) {
  using T = typename GroupScan::Real;
  const ScanShape& s = op.shape;
  const Index end = range.end * s.channels;
  const Index stride = side_by_side<T>(s) * width<T>;
  GroupScan scans[side_by_side_max];
  for (Index first = range.begin * s.channels; first < end; first += stride) {
    const Index until = first + stride < end ? first + stride : end;
    const auto groups = int((until - first + width<T> - 1) / width<T>);
    for (int g = 0; g < groups; ++g)
      scans[g].start(op, Group<T>(s, first + g * width<T>, until));
    for (Index turn = 0; turn < s.length; ++turn) {
      const Index t = order(turn, s.length);
#pragma GCC unroll 1
      for (int g = 0; g < groups; ++g)
        scans[g].step(op, t);
    }
    for (int g = 0; g < groups; ++g)
      scans[g].finish(op, Group<T>(s, first + g * width<T>, until));
  }
}

}  // namespace
}  // namespace scanyard::kernels
