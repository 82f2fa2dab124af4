//! BD-LRU's scan for any block size up to scan_m_max: one warp a block, lane i has rows i and i
//! + 32. Two steps at a time lie in shared memory, the next one on its way. Not tuned further: the
//! paper's blocks have at most 16 states.
#pragma once

#include "kernels/cuda/bdlru_scan.cuh"
#include "kernels/cuda/scan_elements.cuh"
#include "kernels/cuda/scan_launch.cuh"

namespace scanyard::kernels::cuda {

/// One warp's shared memory: two stages of a block's step, then m floats of each of state, u and
/// row scale and shift.
template <class In, class Out>
struct WideTiles {
  int m, c, z_item, v_item, h_item, z_pitch, v_pitch, h_pitch;

  SIMT_DEVICE explicit WideTiles(std::int64_t block_size)
      : m(static_cast<int>(block_size)), c(m + 1) {
    z_item = m * c * int(sizeof(In)), v_item = m * int(sizeof(In)), h_item = m * int(sizeof(Out));
    z_pitch = tile_pitch(1, z_item), v_pitch = tile_pitch(1, v_item);
    h_pitch = tile_pitch(1, h_item);
  }
};

inline int wide_stage_bytes(std::int64_t m, int in_bytes, int out_bytes) {
  const int items = static_cast<int>(m);
  return tile_pitch(1, items * (items + 1) * in_bytes) + tile_pitch(1, items * in_bytes) +
         2 * tile_pitch(1, items * out_bytes);
}
inline constexpr int wide_vectors = 4;
inline int wide_warp_bytes(std::int64_t m, int in_bytes, int out_bytes) {
  return 2 * wide_stage_bytes(m, in_bytes, out_bytes) +
         wide_vectors * int(scan_m_max) * int(sizeof(float));
}

template <class In, class Out>
struct WideScan {
  const BdlruArgs& args;
  Team team;
  WideTiles<In, Out> t;
  CopyWay z_way, v_way, h_way;
  char* stages;
  int stage_bytes;
  float *state, *u, *shifts, *divisors;

  SIMT_DEVICE WideScan(const BdlruArgs& a, const Team& one, char* shared)
      : args(a), team(one), t(a.shape.m), stages(shared) {
    z_way = copy_way(team, a.z.unit_bytes, t.z_item, 0);
    v_way = copy_way(team, a.v.unit_bytes, t.v_item, 0);
    h_way = copy_way(team, a.h.unit_bytes, t.h_item, 0);
    stage_bytes = t.z_pitch + t.v_pitch + 2 * t.h_pitch;
    state = reinterpret_cast<float*>(shared + 2 * stage_bytes);
    u = state + scan_m_max;
    shifts = u + scan_m_max;
    divisors = shifts + scan_m_max;
    for (int i = simt::lane_index(); i < scan_m_max; i += 32)
      state[i] = 0;
    simt::sync_warp();
  }

  SIMT_DEVICE char* z_of(char* stage) const {
    return stage + skew_of(team, args.z.unit_bytes, t.z_item);
  }
  SIMT_DEVICE char* v_of(char* stage) const {
    return stage + t.z_pitch + skew_of(team, args.v.unit_bytes, t.v_item);
  }
  SIMT_DEVICE char* h_of(char* stage) const {
    return stage + t.z_pitch + t.v_pitch + skew_of(team, args.h.unit_bytes, t.h_item);
  }
  SIMT_DEVICE char* before_of(char* stage) const { return h_of(stage) + t.h_pitch; }

  SIMT_DEVICE void fetch(const ScanArray& array, CopyWay way, int item, int pitch,
                         std::int64_t step, char* tile) const {
    fetch_part(array, way, team, item, pitch, array.data + team_byte(team, item, step), 1, tile);
  }
  template <class Element>
  SIMT_DEVICE void store(const ScanArray& array, CopyWay way, int item, int pitch,
                         std::int64_t step, const char* tile) const {
    store_part<Element>(array, way, team, item, pitch, array.data + team_byte(team, item, step), 1,
                        tile);
  }

  SIMT_DEVICE void fetch(std::int64_t step, char* stage, bool is_backward) const {
    if (step >= 0 && step < args.shape.length) {
      fetch(args.z, z_way, t.z_item, t.z_pitch, step, stage);
      fetch(args.v, v_way, t.v_item, t.v_pitch, step, stage + t.z_pitch);
      if (is_backward) {
        char* const h = stage + t.z_pitch + t.v_pitch;
        fetch(args.dh, h_way, t.h_item, t.h_pitch, step, h);
        if (step > 0) fetch(args.h, h_way, t.h_item, t.h_pitch, step - 1, h + t.h_pitch);
      }
    }
    simt::commit_copies();
  }

  SIMT_DEVICE void forward() const {
    fetch(0, stages, false);
    fetch(1, stages + stage_bytes, false);
    for (std::int64_t step = 0; step < args.shape.length; ++step) {
      char* const stage = stages + (step % 2) * stage_bytes;
      simt::wait_copies(1);
      simt::sync_warp();
      for (int i = simt::lane_index(); i < t.m; i += 32)
        u[i] = row_output(stage, i);
      simt::sync_warp();
      for (int i = simt::lane_index(); i < t.m; i += 32) {
        state[i] = u[i];
        set_element<Out>(h_of(stage), i, u[i]);
      }
      simt::sync_warp();
      store<Out>(args.h, h_way, t.h_item, t.h_pitch, step, stage + t.z_pitch + t.v_pitch);
      simt::sync_warp();
      fetch(step + 2, stage, false);
    }
  }

  /// Row i of A state + a0 v.
  SIMT_DEVICE float row_output(char* stage, int i) const {
    const char* const z = z_of(stage) + i * t.c * int(sizeof(In));
    float shift, divisor;
    wide_row<In>(args.gate, z, t.c, shift, divisor);
    float sum = wide_value(args.gate, element<In>(z, t.m), shift) * element<In>(v_of(stage), i);
    for (int j = 0; j < t.m; ++j)
      sum = fmaf(wide_value(args.gate, element<In>(z, j), shift), state[j], sum);
    return sum / divisor;
  }

  SIMT_DEVICE void backward() const {
    const std::int64_t last = args.shape.length - 1;
    fetch(last, stages, true);
    fetch(last - 1, stages + stage_bytes, true);
    for (std::int64_t step = last; step >= 0; --step) {
      char* const stage = stages + ((last - step) % 2) * stage_bytes;
      simt::wait_copies(1);
      simt::sync_warp();
      for (int i = simt::lane_index(); i < t.m; i += 32) {
        wide_row<In>(args.gate, z_of(stage) + i * t.c * int(sizeof(In)), t.c, shifts[i],
                     divisors[i]);
        u[i] = element<Out>(h_of(stage), i) + state[i];
      }
      simt::sync_warp();
      for (int j = simt::lane_index(); j < t.m; j += 32)
        state[j] = column_sum(stage, j);
      simt::sync_warp();
      for (int i = simt::lane_index(); i < t.m; i += 32)
        differentiate_row(stage, i, step == 0);
      simt::sync_warp();
      store<In>(args.dz, z_way, t.z_item, t.z_pitch, step, stage);
      store<In>(args.dv, v_way, t.v_item, t.v_pitch, step, stage + t.z_pitch);
      simt::sync_warp();
      fetch(step - 2, stage, true);
    }
  }

  /// Column j of A^T u.
  SIMT_DEVICE float column_sum(char* stage, int j) const {
    float sum = 0;
    for (int i = 0; i < t.m; ++i) {
      const float z = element<In>(z_of(stage), i * t.c + j);
      sum = fmaf(wide_value(args.gate, z, shifts[i]) / divisors[i], u[i], sum);
    }
    return sum;
  }

  /// Replaces row i's gates and value by their gradients.
  SIMT_DEVICE void differentiate_row(char* stage, int i, bool is_first) const {
    char* const z = z_of(stage) + i * t.c * int(sizeof(In));
    const float shift = shifts[i], divisor = divisors[i], value = element<In>(v_of(stage), i);
    const auto input = [&](int j) {
      if (j == t.m) return value;
      return is_first ? 0.f : element<Out>(before_of(stage), j);
    };
    float output = 0;
    for (int j = 0; j <= t.m; ++j)
      output = fmaf(wide_value(args.gate, element<In>(z, j), shift) / divisor, input(j), output);
    const float a0 = wide_value(args.gate, element<In>(z, t.m), shift) / divisor;
    for (int j = 0; j <= t.m; ++j) {
      const float raw = element<In>(z, j);
      const float f = wide_value(args.gate, raw, shift);
      set_element<In>(z, j, wide_gradient(args.gate, raw, f, divisor, input(j), output, u[i]));
    }
    set_element<In>(v_of(stage), i, u[i] * a0);
  }
};

template <class In, class Out, bool IsBackward>
SIMT_KERNEL(128)
bdlru_wide_kernel(BdlruArgs args) {
  const int warps = args.tuning.warps_per_team;
  const std::int64_t chain = std::int64_t(simt::block_x()) * warps + simt::warp_index();
  const std::int64_t chains = args.shape.chains * args.shape.channels;
  if (chain >= chains) return;
  const Team team =
      team_at(chain, 1, chains, static_cast<int>(args.shape.channels), args.shape.length);
  const WideTiles<In, Out> tiles(args.shape.m);
  const int warp_bytes = 2 * (tiles.z_pitch + tiles.v_pitch + 2 * tiles.h_pitch) +
                         wide_vectors * int(scan_m_max) * int(sizeof(float));
  const WideScan<In, Out> scan(args, team, simt::shared_memory() + simt::warp_index() * warp_bytes);
  if constexpr (IsBackward)
    scan.backward();
  else
    scan.forward();
}

template <class In, class Out, bool IsBackward>
Status launch_wide(BdlruArgs args, Stream stream) {
  const int bytes = wide_warp_bytes(args.shape.m, int(sizeof(In)), int(sizeof(Out)));
  const int warps = std::clamp(shared_bytes_max / bytes, 1, 4);
  args.tuning.warps_per_team = warps;
  const std::int64_t chains = args.shape.chains * args.shape.channels;
  return simt::launch(bdlru_wide_kernel<In, Out, IsBackward>, (chains + warps - 1) / warps, 1,
                      32 * warps, warps * bytes, stream, args);
}

}  // namespace scanyard::kernels::cuda
