//! H-LRU's scan for any number of lags up to scan_m_max: a lane has a channel, lags lie in shared
//! memory, [slot][lane]. One step is worked on while the next is on its way. The paper's lags have
//! kernels of their own (hlru_scan.cuh).
#pragma once

#include "kernels/cuda/hlru_scan.cuh"
#include "kernels/cuda/scan_elements.cuh"
#include "kernels/cuda/scan_launch.cuh"

namespace scanyard::kernels::cuda {

/// Bytes of one step of 32 channels, and where its parts begin.
struct HlruWideSizes {
  int m, z_item, v_item, y_item, z_pitch, v_pitch, y_pitch;

  SIMT_BOTH HlruWideSizes(std::int64_t lags, int in_bytes, int out_bytes)
      : m(static_cast<int>(lags)) {
    z_item = (m + 1) * in_bytes, v_item = in_bytes, y_item = m * out_bytes;
    z_pitch = tile_pitch(32, z_item), v_pitch = tile_pitch(32, v_item);
    y_pitch = tile_pitch(32, y_item);
  }
  SIMT_BOTH int stage_bytes() const { return z_pitch + v_pitch + 2 * y_pitch; }
  SIMT_BOTH int warp_bytes() const { return 2 * stage_bytes() + (m + 1) * 32 * int(sizeof(float)); }
};

template <class In, class Out, bool IsTransposed>
struct HlruWide {
  const HlruArgs& args;
  Team team;
  HlruWideSizes sizes;
  CopyWay z_way, v_way, y_way;
  char* stages;
  float* slots;  ///< this lane's, 32 floats apart
  int channel;
  bool is_used;

  SIMT_DEVICE HlruWide(const HlruArgs& a, const Team& t, char* shared)
      : args(a), team(t), sizes(a.shape.m, int(sizeof(In)), int(sizeof(Out))), stages(shared) {
    z_way = copy_way(team, a.z.unit_bytes, sizes.z_item, 0);
    v_way = copy_way(team, a.v.unit_bytes, sizes.v_item, 0);
    y_way = copy_way(team, a.y.unit_bytes, sizes.y_item, 0);
    is_used = simt::lane_index() < team.chains;
    channel = is_used ? simt::lane_index() : team.chains - 1;
    slots = reinterpret_cast<float*>(shared + 2 * sizes.stage_bytes()) + simt::lane_index();
    for (int i = 0; i <= sizes.m; ++i)
      slots[i * 32] = 0;
  }

  SIMT_DEVICE char* z_of(char* stage) const {
    return stage + skew_of(team, args.z.unit_bytes, sizes.z_item) + channel * sizes.z_item;
  }
  SIMT_DEVICE char* v_of(char* stage) const {
    return stage + sizes.z_pitch + skew_of(team, args.v.unit_bytes, sizes.v_item) +
           channel * sizes.v_item;
  }
  SIMT_DEVICE char* y_of(char* stage) const {
    return stage + sizes.z_pitch + sizes.v_pitch + skew_of(team, args.y.unit_bytes, sizes.y_item) +
           channel * sizes.y_item;
  }

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
      fetch(args.z, z_way, sizes.z_item, sizes.z_pitch, step, stage);
      fetch(args.v, v_way, sizes.v_item, sizes.v_pitch, step, stage + sizes.z_pitch);
      if (is_backward) {
        char* const y = stage + sizes.z_pitch + sizes.v_pitch;
        fetch(args.dy, y_way, sizes.y_item, sizes.y_pitch, step, y);
        if (step > 0)
          fetch(args.y, y_way, sizes.y_item, sizes.y_pitch, step - 1, y + sizes.y_pitch);
      }
    }
    simt::commit_copies();
  }

  SIMT_DEVICE void forward() const {
    fetch(0, stages, false);
    fetch(1, stages + sizes.stage_bytes(), false);
    for (std::int64_t step = 0; step < args.shape.length; ++step) {
      char* const stage = stages + (step % 2) * sizes.stage_bytes();
      simt::wait_copies(1);
      simt::sync_warp();
      if (is_used) step_forward(stage);
      simt::sync_warp();
      store<Out>(args.y, y_way, sizes.y_item, sizes.y_pitch, step,
                 stage + sizes.z_pitch + sizes.v_pitch);
      simt::sync_warp();
      fetch(step + 2, stage, false);
    }
  }

  SIMT_DEVICE void step_forward(char* stage) const {
    const char* const z = z_of(stage);
    float shift, divisor;
    wide_row<In>(args.gate, z, sizes.m + 1, shift, divisor);
    const auto a = [&](int j) { return wide_value(args.gate, element<In>(z, j), shift) / divisor; };
    const float input = a(sizes.m) * element<In>(v_of(stage), 0);
    const float newest = slots[0];
    float sum = input;
    if constexpr (IsTransposed) {
      for (int i = 0; i < sizes.m; ++i)
        slots[i * 32] = fmaf(a(i), newest, i + 1 < sizes.m ? slots[(i + 1) * 32] : 0.f);
      slots[0] += input;
    } else {
      for (int i = sizes.m - 1; i >= 0; --i) {
        sum = fmaf(a(i), slots[i * 32], sum);
        slots[(i + 1) * 32] = slots[i * 32];
      }
      slots[0] = sum;
    }
    for (int i = 0; i < sizes.m; ++i)
      set_element<Out>(y_of(stage), i, slots[i * 32]);
  }

  SIMT_DEVICE void backward() const {
    const std::int64_t last = args.shape.length - 1;
    fetch(last, stages, true);
    fetch(last - 1, stages + sizes.stage_bytes(), true);
    for (std::int64_t step = last; step >= 0; --step) {
      char* const stage = stages + ((last - step) % 2) * sizes.stage_bytes();
      simt::wait_copies(1);
      simt::sync_warp();
      if (is_used) step_backward(stage, step == 0);
      simt::sync_warp();
      store<In>(args.dz, z_way, sizes.z_item, sizes.z_pitch, step, stage);
      store<In>(args.dv, v_way, sizes.v_item, sizes.v_pitch, step, stage + sizes.z_pitch);
      simt::sync_warp();
      fetch(step - 2, stage, true);
    }
  }

  /// slots[i]: what later steps ask of slot i of this step; left for the step before.
  SIMT_DEVICE void step_backward(char* stage, bool is_first) const {
    char* const z = z_of(stage);
    const char* const before = y_of(stage) + sizes.y_pitch;
    const float value = element<In>(v_of(stage), 0);
    float shift, divisor;
    wide_row<In>(args.gate, z, sizes.m + 1, shift, divisor);
    const auto f = [&](int j) { return wide_value(args.gate, element<In>(z, j), shift); };
    const auto past = [&](int i) { return is_first ? 0.f : element<Out>(before, i); };
    for (int i = 0; i < sizes.m; ++i)
      slots[i * 32] += element<Out>(y_of(stage), i);
    const float u = IsTransposed ? 1.f : slots[0], newest_gradient = slots[0];
    const auto input = [&](int j) {
      if (j == sizes.m) return IsTransposed ? newest_gradient * value : value;
      return IsTransposed ? slots[j * 32] * past(0) : past(j);
    };
    float output = 0, first = 0;
    for (int j = 0; j <= sizes.m; ++j) {
      const float a = f(j) / divisor;
      output = fmaf(a, input(j), output);
      if (j < sizes.m) first = fmaf(a, slots[j * 32], first);
    }
    const float dv = newest_gradient * f(sizes.m) / divisor;
    float behind = first;  // transposed: slot i gets the gradient of slot i - 1
    for (int j = 0; j <= sizes.m; ++j) {
      const float raw = element<In>(z, j), value_of_f = f(j);
      const float dz = wide_gradient(args.gate, raw, value_of_f, divisor, input(j), output, u);
      if (j < sizes.m) {
        const float own = slots[j * 32];
        if constexpr (IsTransposed) {
          slots[j * 32] = behind;
          behind = own;
        } else {
          slots[j * 32] =
              fmaf(value_of_f / divisor, u, j + 1 < sizes.m ? slots[(j + 1) * 32] : 0.f);
        }
      }
      set_element<In>(z, j, dz);
    }
    set_element<In>(v_of(stage), 0, dv);
  }
};

template <class In, class Out, bool IsTransposed, bool IsBackward>
SIMT_KERNEL(128)
hlru_wide_kernel(HlruArgs args) {
  const int warps = args.tuning.warps_per_team;
  const std::int64_t index = std::int64_t(simt::block_x()) * warps + simt::warp_index();
  const std::int64_t chains = args.shape.chains * args.shape.channels;
  if (index * 32 >= chains) return;
  const Team team =
      team_at(index * 32, 32, chains, static_cast<int>(args.shape.channels), args.shape.length);
  const HlruWideSizes sizes(args.shape.m, int(sizeof(In)), int(sizeof(Out)));
  const HlruWide<In, Out, IsTransposed> scan(
      args, team, simt::shared_memory() + simt::warp_index() * sizes.warp_bytes());
  if constexpr (IsBackward)
    scan.backward();
  else
    scan.forward();
}

template <class In, class Out, bool IsTransposed, bool IsBackward>
Status launch_hlru_wide(HlruArgs args, Stream stream) {
  const int bytes = HlruWideSizes(args.shape.m, int(sizeof(In)), int(sizeof(Out))).warp_bytes();
  const int warps = std::clamp(shared_bytes_max / bytes, 1, 4);
  args.tuning.warps_per_team = warps;
  const std::int64_t teams = (args.shape.chains * args.shape.channels + 31) / 32;
  return simt::launch(hlru_wide_kernel<In, Out, IsTransposed, IsBackward>,
                      (teams + warps - 1) / warps, 1, 32 * warps, warps * bytes, stream, args);
}

}  // namespace scanyard::kernels::cuda
