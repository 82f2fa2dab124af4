//! H-LRU's scan, equation 3 and the transposed form, for numbers of lags known at compile time, as
//! a relay (scan_relay.cuh): a lane has a channel, the lags lie in its registers. The output holds
//! every state m times, so bytes are mostly those of y; on the chain of steps are one multiply-add
//! and one addition.
#pragma once

#include "kernels/cuda/scan_relay.cuh"
#include "kernels/cuda/scan_rows.cuh"

namespace scanyard::kernels::cuda {

/// Numbers of lags up to this have kernels of their own, and 16 (hlru_launch.cuh).
inline constexpr int hlru_relay_m_max = 8;

struct HlruArgs {
  Gate gate = Gate::softmax;
  ScanShape shape;
  ScanTuning tuning;
  std::int64_t piece = 0;
  ScanArray z, v, y, dy, dz, dv;
};

/// Steps of a segment: coefficients take m + 1 registers a step.
constexpr int hlru_steps(int m) {
  return m <= 2 ? 8 : m <= 6 ? 4 : 2;
}

template <class In, class Out, int M>
struct HlruLane {
  static constexpr int C = M + 1, G = 32, S = hlru_steps(M);
  static constexpr int z_item = C * int(sizeof(In)), v_item = int(sizeof(In));
  static constexpr int y_item = M * int(sizeof(Out));
  static constexpr int z_pitch = tile_pitch(G, z_item), v_pitch = tile_pitch(G, v_item);
  static constexpr int y_pitch = tile_pitch(G, y_item);
  static constexpr int carry_values = M;

  const HlruArgs& args;
  Relay relay;
  CopyWay z_way, v_way, y_way;
  int channel;  ///< of the team
  bool is_used;

  SIMT_DEVICE HlruLane(const HlruArgs& a, const Relay& r) : args(a), relay(r) {
    z_way = copy_way(r.team, a.z.unit_bytes, z_item, G);
    v_way = copy_way(r.team, a.v.unit_bytes, v_item, G);
    y_way = copy_way(r.team, a.y.unit_bytes, y_item, G);
    is_used = simt::lane_index() < r.team.chains;
    channel = is_used ? simt::lane_index() : r.team.chains - 1;
  }

  SIMT_DEVICE int steps_of(int segment) const {
    const int left = relay.steps - segment * S;
    return left < S ? left : S;
  }
  SIMT_DEVICE int z_at() const {
    return skew_of(relay.team, args.z.unit_bytes, z_item) + channel * z_item;
  }
  SIMT_DEVICE int v_at() const {
    return skew_of(relay.team, args.v.unit_bytes, v_item) + channel * v_item;
  }
  SIMT_DEVICE int y_at() const {
    return skew_of(relay.team, args.y.unit_bytes, y_item) + channel * y_item;
  }
};

/// One step: `slots` are the last states, newest first, or the transposed form's slots.
template <bool IsTransposed, int M>
SIMT_DEVICE void step_taps(const float (&a)[M + 1], float input, float (&slots)[M]) {
  if constexpr (IsTransposed) {
    const float newest = slots[0];
#pragma unroll
    for (int i = 0; i < M; ++i)
      slots[i] = fmaf(a[i], newest, i + 1 < M ? slots[i + 1] : 0.f);
    slots[0] += input;
  } else {
    float sum = input;  // the newest state last: it is what the step waits for
#pragma unroll
    for (int i = M - 1; i >= 0; --i)
      sum = fmaf(a[i], slots[i], sum);
#pragma unroll
    for (int i = M - 1; i > 0; --i)
      slots[i] = slots[i - 1];
    slots[0] = sum;
  }
}

/// One step back. In: dy of the step, and in `pending` what later steps ask of its slots. Out: in
/// `dy` the gradients by the step's slots (only the first is used in the plain form), in `pending`
/// what the step asks of the one before.
template <bool IsTransposed, int M>
SIMT_DEVICE void step_taps_back(const float (&a)[M + 1], float (&dy)[M], float (&pending)[M]) {
#pragma unroll
  for (int i = 0; i < M; ++i)
    dy[i] += pending[i];
  if constexpr (IsTransposed) {
    float first = 0;
#pragma unroll
    for (int i = 0; i < M; ++i)
      first = fmaf(a[i], dy[i], first);
#pragma unroll
    for (int i = M - 1; i > 0; --i)
      pending[i] = dy[i - 1];
    pending[0] = first;
  } else {
#pragma unroll
    for (int i = 0; i < M; ++i)
      pending[i] = fmaf(a[i], dy[0], i + 1 < M ? dy[i + 1] : 0.f);
  }
}

template <class In, class Out, int M, bool IsTransposed>
struct HlruForward : HlruLane<In, Out, M> {
  using Lane = HlruLane<In, Out, M>;
  using Lane::args, Lane::relay;
  static constexpr int S = Lane::S, C = Lane::C;
  static constexpr int stage_bytes = S * (Lane::z_pitch + Lane::v_pitch);
  SIMT_BOTH static constexpr int warp_bytes(int stages) {
    return stages * stage_bytes + S * Lane::y_pitch;
  }
  using Lane::Lane;

  SIMT_DEVICE void fetch(int segment, char* stage) const {
    if (segment < relay.segments) {
      const std::int64_t first = relay.first_step + segment * S;
      const int steps = this->steps_of(segment);
      fetch_tile<Lane::G, Lane::z_item, S>(args.z, this->z_way, relay.team, first, steps, stage);
      fetch_tile<Lane::G, Lane::v_item, S>(args.v, this->v_way, relay.team, first, steps,
                                           stage + S * Lane::z_pitch);
    }
    simt::commit_copies();
  }

  SIMT_DEVICE void read_segment(const char* stage, float (&a)[S][C], float (&x)[S]) const {
#pragma unroll
    for (int s = 0; s < S; ++s) {
      float value[1];
      load_run<In, Lane::z_item>(stage + s * Lane::z_pitch + this->z_at(), a[s]);
      load_run<In, Lane::v_item>(stage + S * Lane::z_pitch + s * Lane::v_pitch + this->v_at(),
                                 value);
      x[s] = value[0];
    }
    float scale[S][1];
    normalise_segment<true, 1, C>(args.gate, a, scale);
#pragma unroll
    for (int s = 0; s < S; ++s)
      x[s] *= a[s][M];
  }

  SIMT_DEVICE void run() const {
    const int stages = args.tuning.stages;
    char* const out_tile = relay.tiles + stages * stage_bytes;
    for (int stage = 0; stage < stages; ++stage)
      fetch(relay.warp + stage * relay.warps, relay.tiles + stage * stage_bytes);
    float slots[M] = {};
    int stage = 0;
    for (int segment = relay.warp; segment < relay.segments; segment += relay.warps) {
      char* const tile = relay.tiles + stage * stage_bytes;
      simt::wait_copies(stages - 1);
      simt::sync_warp();
      float a[S][C], x[S];
      read_segment(tile, a, x);
      simt::sync_warp();
      fetch(segment + stages * relay.warps, tile);
      take_state(relay, segment, slots);
#pragma unroll
      for (int s = 0; s < S; ++s) {
        step_taps<IsTransposed, M>(a[s], x[s], slots);
        if (this->is_used)
          store_run<Out, Lane::y_item>(out_tile + s * Lane::y_pitch + this->y_at(), slots);
      }
      hand_on_state(relay, segment, slots);
      simt::sync_warp();
      store_tile<Out, Lane::G, Lane::y_item, S>(args.y, this->y_way, relay.team,
                                                relay.first_step + segment * S,
                                                this->steps_of(segment), out_tile);
      stage = stage + 1 == stages ? 0 : stage + 1;
    }
  }
};

template <class Pass>
SIMT_KERNEL(32 * relay_warps_max)
hlru_kernel(HlruArgs args) {
  const Relay relay = relay_of(args.shape, args.tuning, args.piece, Pass::S, Pass::carry_values,
                               Pass::warp_bytes(args.tuning.stages));
  if (relay.team.chains > 0) Pass(args, relay).run();
}

}  // namespace scanyard::kernels::cuda
