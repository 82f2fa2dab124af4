//! Launches H-LRU's scan for one pair of types; each .cu file that includes this builds one.
#pragma once

#include "kernels/cuda/hlru_scan.hpp"
#include "kernels/cuda/hlru_scan_backward.cuh"
#include "kernels/cuda/hlru_wide.cuh"
#include "kernels/cuda/scan_launch.cuh"

namespace scanyard::kernels::cuda {

/// Calls call.template operator()<M>() with M = m, or <0> where m has no kernel of its own.
template <int M = 1, class Call>
Status with_lags(std::int64_t m, Call call) {
  if constexpr (M > hlru_relay_m_max) {
    if (m == 16) return call.template operator()<16>();
    return call.template operator()<0>();
  } else {
    if (m == M) return call.template operator()<M>();
    return with_lags<M + 1>(m, call);
  }
}

template <class Pass>
RelaySizes hlru_sizes() {
  return {Pass::G, Pass::S, Pass::carry_values * 32 * int(sizeof(float)), Pass::stage_bytes,
          Pass::warp_bytes(0)};
}

template <class In, class Out>
HlruArgs hlru_args(Gate gate, const ScanShape& s, const ScanTuning& tuning, const In* z,
                   const In* v, const In* dz, const In* dv, const Out* y, const Out* dy) {
  HlruArgs args;
  args.gate = gate;
  args.shape = s;
  args.tuning = tuning;
  const int z_unit = unit_bytes_of(s.channels * (s.m + 1) * std::int64_t(sizeof(In)), {z, dz});
  const int v_unit = unit_bytes_of(s.channels * std::int64_t(sizeof(In)), {v, dv});
  const int y_unit = unit_bytes_of(s.channels * s.m * std::int64_t(sizeof(Out)), {y, dy});
  args.z = array_of(z, z_unit);
  args.v = array_of(v, v_unit);
  args.dz = array_of(dz, z_unit);
  args.dv = array_of(dv, v_unit);
  args.y = array_of(y, y_unit);
  args.dy = array_of(dy, y_unit);
  return args;
}

template <class In, class Out, bool IsTransposed>
Status launch_hlru_forward(const HlruArgs& args, Stream stream) {
  return with_lags(args.shape.m, [&]<int M>() {
    if constexpr (M == 0) {
      return launch_hlru_wide<In, Out, IsTransposed, false>(args, stream);
    } else {
      using Pass = HlruForward<In, Out, M, IsTransposed>;
      return launch_relay(hlru_kernel<Pass>, args, 1, hlru_sizes<Pass>(), stream);
    }
  });
}

template <class In, class Out, bool IsTransposed>
Status launch_hlru_backward(const HlruArgs& args, Stream stream) {
  return with_lags(args.shape.m, [&]<int M>() {
    if constexpr (M == 0) {
      return launch_hlru_wide<In, Out, IsTransposed, true>(args, stream);
    } else {
      using Pass = HlruBackward<In, Out, M, IsTransposed>;
      return launch_relay(hlru_kernel<Pass>, args, 1, hlru_sizes<Pass>(), stream);
    }
  });
}

template <class In, class Out>
Status hlru_scan_forward(Gate gate, const ScanShape& shape, const In* z, const In* v, Out* y,
                         Stream stream, HlruForm form, const ScanTuning& tuning) {
  if (shape.chains * shape.length * shape.channels == 0) return Status(0);
  if (shape.m < 1 || shape.m > scan_m_max) return simt::invalid_value;
  const HlruArgs args = hlru_args<In, Out>(gate, shape, tuning, z, v, nullptr, nullptr, y, nullptr);
  return form == HlruForm::transposed ? launch_hlru_forward<In, Out, true>(args, stream)
                                      : launch_hlru_forward<In, Out, false>(args, stream);
}

template <class In, class Out>
Status hlru_scan_backward(Gate gate, const ScanShape& shape, const In* z, const In* v, const Out* y,
                          const Out* dy, In* dz, In* dv, Stream stream, HlruForm form,
                          const ScanTuning& tuning) {
  if (shape.chains * shape.length * shape.channels == 0) return Status(0);
  if (shape.m < 1 || shape.m > scan_m_max) return simt::invalid_value;
  const HlruArgs args = hlru_args<In, Out>(gate, shape, tuning, z, v, dz, dv, y, dy);
  return form == HlruForm::transposed ? launch_hlru_backward<In, Out, true>(args, stream)
                                      : launch_hlru_backward<In, Out, false>(args, stream);
}

#define SCANYARD_HLRU_SCAN(In, Out)                                                             \
  template Status hlru_scan_forward(Gate, const ScanShape&, const In*, const In*, Out*, Stream, \
                                    HlruForm, const ScanTuning&);                               \
  template Status hlru_scan_backward(Gate, const ScanShape&, const In*, const In*, const Out*,  \
                                     const Out*, In*, In*, Stream, HlruForm, const ScanTuning&)

}  // namespace scanyard::kernels::cuda
