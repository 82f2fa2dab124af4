//! Launches BD-LRU's scan for one pair of types; each .cu file that includes this builds one.
#pragma once

#include <utility>

#include "kernels/cuda/bdlru_pieces.cuh"
#include "kernels/cuda/bdlru_scan.hpp"
#include "kernels/cuda/bdlru_scan_backward.cuh"
#include "kernels/cuda/bdlru_wide.cuh"
#include "kernels/cuda/scan_launch.cuh"

namespace scanyard::kernels::cuda {

/// Calls call.template operator()<M>() with M = m, 1 to bdlru_relay_m_max.
template <int M = 1, class Call>
Status with_block_size(std::int64_t m, Call call) {
  if constexpr (M > bdlru_relay_m_max) {
    return simt::invalid_value;
  } else {
    if (m == M) return call.template operator()<M>();
    return with_block_size<M + 1>(m, call);
  }
}

template <class Pass>
RelaySizes relay_sizes() {
  return {Pass::G, Pass::S, Pass::carry_values * 32 * int(sizeof(float)), Pass::stage_bytes,
          Pass::warp_bytes(0)};
}

/// Everything of the arguments but the output's arrays.
template <class In, class Out>
BdlruArgs bdlru_args(Gate gate, const ScanShape& s, const ScanTuning& tuning, const In* z,
                     const In* v, const In* dz, const In* dv, const Out* h, const Out* dh) {
  BdlruArgs args;
  args.gate = gate;
  args.shape = s;
  args.tuning = tuning;
  const std::int64_t states = s.channels * s.m;
  const int z_unit = unit_bytes_of(states * (s.m + 1) * std::int64_t(sizeof(In)), {z, dz});
  const int v_unit = unit_bytes_of(states * std::int64_t(sizeof(In)), {v, dv});
  const int h_unit = unit_bytes_of(states * std::int64_t(sizeof(Out)), {h, dh});
  args.z = array_of(z, z_unit);
  args.v = array_of(v, v_unit);
  args.dz = array_of(dz, z_unit);
  args.dv = array_of(dv, v_unit);
  args.h = array_of(h, h_unit);
  args.dh = array_of(dh, h_unit);
  return args;
}

/// The relay over the whole sequence, or over its pieces where it is long and there is a workspace.
template <class In, class Out, int M>
Status launch_cut(void (*kernel)(BdlruArgs), BdlruArgs args, bool is_backward,
                  const RelaySizes& sizes, float* workspace, Stream stream) {
  const std::int64_t pieces = workspace ? pieces_of(args.shape) : 1;
  if constexpr (M <= cut_m_max) {
    if (pieces > 1) {
      const Status status = launch_pieces<In, Out, M>(args, is_backward, workspace, stream);
      if (status != 0) return status;
    }
  }
  return launch_relay(kernel, args, pieces, sizes, stream);
}

template <class In, class Out>
Status bdlru_scan_forward(Gate gate, const ScanShape& shape, const In* z, const In* v, Out* h,
                          Stream stream, const ScanTuning& tuning, float* workspace) {
  if (shape.chains * shape.length * shape.channels == 0) return Status(0);
  const BdlruArgs args =
      bdlru_args<In, Out>(gate, shape, tuning, z, v, nullptr, nullptr, h, nullptr);
  if (shape.m < 1 || shape.m > scan_m_max) return simt::invalid_value;
  if (shape.m > bdlru_relay_m_max) return launch_wide<In, Out, false>(args, stream);
  return with_block_size(shape.m, [&]<int M>() {
    return launch_cut<In, Out, M>(bdlru_forward_kernel<In, Out, M>, args, false,
                                  relay_sizes<BdlruForward<In, Out, M>>(), workspace, stream);
  });
}

template <class In, class Out>
Status bdlru_scan_backward(Gate gate, const ScanShape& shape, const In* z, const In* v,
                           const Out* h, const Out* dh, In* dz, In* dv, Stream stream,
                           const ScanTuning& tuning, float* workspace) {
  if (shape.chains * shape.length * shape.channels == 0) return Status(0);
  const BdlruArgs args = bdlru_args<In, Out>(gate, shape, tuning, z, v, dz, dv, h, dh);
  if (shape.m < 1 || shape.m > scan_m_max) return simt::invalid_value;
  if (shape.m > bdlru_relay_m_max) return launch_wide<In, Out, true>(args, stream);
  return with_block_size(shape.m, [&]<int M>() {
    return launch_cut<In, Out, M>(bdlru_backward_kernel<In, Out, M>, args, true,
                                  relay_sizes<BdlruBackward<In, Out, M>>(), workspace, stream);
  });
}

#define SCANYARD_BDLRU_SCAN(In, Out)                                                             \
  template Status bdlru_scan_forward(Gate, const ScanShape&, const In*, const In*, Out*, Stream, \
                                     const ScanTuning&, float*);                                 \
  template Status bdlru_scan_backward(Gate, const ScanShape&, const In*, const In*, const Out*,  \
                                      const Out*, In*, In*, Stream, const ScanTuning&, float*)

}  // namespace scanyard::kernels::cuda
