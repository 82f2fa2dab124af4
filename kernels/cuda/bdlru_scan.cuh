//! BD-LRU's scan for block sizes known at compile time, as a relay (scan_relay.cuh).
//!
//! A block's rows lie in `lanes` neighbouring lanes of a warp, `rows` each (bdlru_plan.hpp), with
//! all coefficients of a segment in registers: raw gates are read once, normalised gates never
//! leave the lane. A step of the forward pass takes the other lanes' states by shuffles. A step of
//! the backward pass multiplies by the transposed block: every lane has a part of all m sums, which
//! are added up and given out in log2(lanes) exchanges. Gradients by gates and values replace these
//! in shared memory and leave in wide lines.
#pragma once

#include "kernels/cuda/bdlru_plan.hpp"
#include "kernels/cuda/scan_relay.cuh"
#include "kernels/cuda/scan_rows.cuh"

namespace scanyard::kernels::cuda {

/// Steps of a piece of a long sequence (bdlru_pieces.cuh): maps of larger blocks take longer to
/// read.
SIMT_BOTH constexpr std::int64_t piece_steps_of(std::int64_t m) {
  return m <= 2 ? 256 : 1024;
}

struct BdlruArgs {
  Gate gate = Gate::softmax;
  ScanShape shape;
  ScanTuning tuning;
  std::int64_t piece = 0;  ///< steps of a piece of the sequence; grid_y pieces
  ScanArray z, v, h, dh, dz, dv;
  /// What enters each piece, [pieces, chains, channels, m]: the state before its first step, or the
  /// gradient that its last state gets from later pieces. nullptr: zeros.
  const float* entering = nullptr;
};

/// Sizes and this lane's place in the block, for both directions.
template <class In, class Out, int M>
struct BdlruLane {
  static constexpr BdlruPlan plan = bdlru_plan(M, int(sizeof(In)));
  static constexpr int R = plan.rows, L = plan.lanes, C = M + 1, G = 32 / L;
  /// Small blocks' coefficients have their rows' factors in them: a step takes a multiplication
  /// less then. For large blocks that would be many multiplications, and steps do not matter as
  /// much.
  static constexpr bool scaled = M <= 4;
  static_assert(M % R == 0);
  static constexpr int z_item = M * C * int(sizeof(In)), v_item = M * int(sizeof(In));
  static constexpr int h_item = M * int(sizeof(Out));
  static constexpr int z_pitch = tile_pitch(G, z_item), v_pitch = tile_pitch(G, v_item);
  static constexpr int h_pitch = tile_pitch(G, h_item);

  int group = 0;  ///< chain of the team; lanes without one look at the last chain
  int row = 0;    ///< first row
  int first_lane = 0;
  bool is_used = false;  ///< has a chain and rows

  SIMT_DEVICE explicit BdlruLane(const Team& team) {
    const int lane = simt::lane_index();
    const int part = lane % L;
    first_lane = lane - part;
    group = lane / L < team.chains ? lane / L : team.chains - 1;
    row = (part < M / R ? part : M / R - 1) * R;
    is_used = lane / L < team.chains && part < M / R;
  }

  /// Bytes of a tile's step before this lane's rows.
  SIMT_DEVICE int z_at(const Team& team, const ScanArray& z) const {
    return skew_of(team, z.unit_bytes, z_item) + group * z_item + row * C * int(sizeof(In));
  }
  SIMT_DEVICE int v_at(const Team& team, const ScanArray& v) const {
    return skew_of(team, v.unit_bytes, v_item) + group * v_item + row * int(sizeof(In));
  }
  SIMT_DEVICE int h_at(const Team& team, const ScanArray& h) const {
    return skew_of(team, h.unit_bytes, h_item) + group * h_item + row * int(sizeof(Out));
  }
  /// This lane's rows of what enters the piece.
  SIMT_DEVICE void load_entering(const BdlruArgs& args, const Team& team, float (&x)[R]) const {
    const std::int64_t chain = team.sequence * team.channels + team.channel + group;
    const std::int64_t all = args.shape.chains * args.shape.channels;
#pragma unroll
    for (int r = 0; r < R; ++r)
      x[r] = args.entering ? args.entering[((simt::block_y() * all) + chain) * M + row + r] : 0.f;
  }
};

/// In small blocks of two lanes, a lane multiplies its own rows' states first, while the other's
/// are on their way. Its coefficients of these come first then.
template <int M, int L>
inline constexpr bool own_first = L == 2 && M <= 4;

template <int M, int R>
SIMT_DEVICE void put_own_first(bool is_upper, float (&a)[R * (M + 1)]) {
#pragma unroll
  for (int r = 0; r < R; ++r) {
#pragma unroll
    for (int j = 0; j < R; ++j) {
      const float lower = a[r * (M + 1) + j], upper = a[r * (M + 1) + R + j];
      a[r * (M + 1) + j] = is_upper ? upper : lower;
      a[r * (M + 1) + R + j] = is_upper ? lower : upper;
    }
  }
}

/// state <- A state + x, the lane's rows, own states first.
template <int M, int R>
SIMT_DEVICE void step_own_first(const float (&a)[R * (M + 1)], const float (&x)[R],
                                float (&state)[R]) {
  float others[R], next[R];
#pragma unroll
  for (int j = 0; j < R; ++j)
    others[j] = simt::shuffle_xor(state[j], 1);
#pragma unroll
  for (int r = 0; r < R; ++r) {
    next[r] = x[r];
#pragma unroll
    for (int j = 0; j < R; ++j)
      next[r] = fmaf(a[r * (M + 1) + j], state[j], next[r]);
  }
#pragma unroll
  for (int r = 0; r < R; ++r) {
#pragma unroll
    for (int j = 0; j < R; ++j)
      next[r] = fmaf(a[r * (M + 1) + R + j], others[j], next[r]);
  }
#pragma unroll
  for (int r = 0; r < R; ++r)
    state[r] = next[r];
}

/// state <- scale (A state + x), the lane's rows.
template <int M, int R, int L>
SIMT_DEVICE void step_forward(const float (&a)[R * (M + 1)], const float (&scale)[R],
                              const float (&x)[R], int first_lane, float (&state)[R]) {
  float all[M];
#pragma unroll
  for (int j = 0; j < M; ++j)
    all[j] = L == 1 ? state[j % R] : simt::shuffle(state[j % R], first_lane + j / R);
#pragma unroll
  for (int r = 0; r < R; ++r) {
    float even = x[r], odd = 0;
#pragma unroll
    for (int j = 0; j < M; ++j) {
      if (j % 2 == 0)
        even = fmaf(a[r * (M + 1) + j], all[j], even);
      else
        odd = j == 1 ? a[r * (M + 1) + j] * all[j] : fmaf(a[r * (M + 1) + j], all[j], odd);
    }
    state[r] = (M == 1 ? even : even + odd) * scale[r];
  }
}

/// Adds up sum[] over the lanes of a block and leaves to each the sums of its own rows, in sum[0]
/// to sum[R - 1]: first between lanes `Half` apart, which keep a half of the sums each, and so on.
template <int Half, int R, int N>
SIMT_DEVICE void give_out_sums(float (&sum)[N]) {
  if constexpr (Half >= 1) {
    const bool is_upper = (simt::lane_index() & Half) != 0;
#pragma unroll
    for (int i = 0; i < Half * R; ++i) {
      const float sent = is_upper ? sum[i] : sum[i + Half * R];
      const float kept = is_upper ? sum[i + Half * R] : sum[i];
      sum[i] = kept + simt::shuffle_xor(sent, Half);
    }
    give_out_sums<Half / 2, R>(sum);
  }
}

/// carry <- A^T u, the lane's rows.
template <int M, int R, int L>
SIMT_DEVICE void step_backward(const float (&a)[R * (M + 1)], const float (&u)[R],
                               float (&carry)[R]) {
  float sum[R * L];
#pragma unroll
  for (int j = 0; j < R * L; ++j) {
    sum[j] = 0;
    if (j < M) {
      sum[j] = a[j] * u[0];
#pragma unroll
      for (int r = 1; r < R; ++r)
        sum[j] = fmaf(a[r * (M + 1) + j], u[r], sum[j]);
    }
  }
  give_out_sums<L / 2, R>(sum);
#pragma unroll
  for (int r = 0; r < R; ++r)
    carry[r] = sum[r];
}

template <class In, class Out, int M>
struct BdlruForward : BdlruLane<In, Out, M> {
  using Lane = BdlruLane<In, Out, M>;
  static constexpr int R = Lane::R, C = Lane::C, S = Lane::plan.forward_steps;
  static constexpr int stage_bytes = S * (Lane::z_pitch + Lane::v_pitch);
  static constexpr int carry_values = R;
  SIMT_BOTH static constexpr int warp_bytes(int stages) {
    return stages * stage_bytes + S * Lane::h_pitch;
  }

  const BdlruArgs& args;
  Relay relay;
  CopyWay z_way, v_way, h_way;

  SIMT_DEVICE BdlruForward(const BdlruArgs& a, const Relay& r) : Lane(r.team), args(a), relay(r) {
    z_way = copy_way(r.team, a.z.unit_bytes, Lane::z_item, Lane::G);
    v_way = copy_way(r.team, a.v.unit_bytes, Lane::v_item, Lane::G);
    h_way = copy_way(r.team, a.h.unit_bytes, Lane::h_item, Lane::G);
  }

  SIMT_DEVICE int steps_of(int segment) const {
    const int left = relay.steps - segment * S;
    return left < S ? left : S;
  }

  /// Starts the copies of a segment, as one group; of none where there is no such segment.
  SIMT_DEVICE void fetch(int segment, char* stage) const {
    if (segment < relay.segments) {
      const std::int64_t first = relay.first_step + segment * S;
      const int steps = steps_of(segment);
      fetch_tile<Lane::G, Lane::z_item, S>(args.z, z_way, relay.team, first, steps, stage);
      fetch_tile<Lane::G, Lane::v_item, S>(args.v, v_way, relay.team, first, steps,
                                           stage + S * Lane::z_pitch);
    }
    simt::commit_copies();
  }

  /// Coefficients, and input gate times value, of a segment.
  SIMT_DEVICE void read_segment(const char* stage, float (&a)[S][R * C], float (&scale)[S][R],
                                float (&x)[S][R]) const {
    const char* const z = stage + this->z_at(relay.team, args.z);
    const char* const v = stage + S * Lane::z_pitch + this->v_at(relay.team, args.v);
#pragma unroll
    for (int s = 0; s < S; ++s) {
      load_run<In, Lane::z_item>(z + s * Lane::z_pitch, a[s]);
      load_run<In, Lane::v_item>(v + s * Lane::v_pitch, x[s]);
    }
    normalise_segment<Lane::scaled, R, C>(args.gate, a, scale);
#pragma unroll
    for (int s = 0; s < S; ++s) {
#pragma unroll
      for (int r = 0; r < R; ++r)
        x[s][r] *= a[s][r * C + M];
      if constexpr (own_first<M, Lane::L>) put_own_first<M, R>(this->row > 0, a[s]);
    }
  }

  SIMT_DEVICE void write_segment(int segment, const float (&h)[S][R], char* tile) const {
    if (this->is_used) {
#pragma unroll
      for (int s = 0; s < S; ++s)
        store_run<Out, Lane::h_item>(tile + s * Lane::h_pitch + this->h_at(relay.team, args.h),
                                     h[s]);
    }
    simt::sync_warp();
    store_tile<Out, Lane::G, Lane::h_item, S>(
        args.h, h_way, relay.team, relay.first_step + segment * S, steps_of(segment), tile);
  }

  SIMT_DEVICE void run() const {
    const int stages = args.tuning.stages;
    char* const out_tile = relay.tiles + stages * stage_bytes;
    for (int stage = 0; stage < stages; ++stage)
      fetch(relay.warp + stage * relay.warps, relay.tiles + stage * stage_bytes);
    float state[R];
    this->load_entering(args, relay.team, state);
    int stage = 0;
    for (int segment = relay.warp; segment < relay.segments; segment += relay.warps) {
      char* const tile = relay.tiles + stage * stage_bytes;
      simt::wait_copies(stages - 1);
      simt::sync_warp();
      float a[S][R * C], scale[S][R], x[S][R];
      read_segment(tile, a, scale, x);
      simt::sync_warp();  // every lane has read the stage: it can be filled again
      fetch(segment + stages * relay.warps, tile);
      take_state(relay, segment, state);
#pragma unroll
      for (int s = 0; s < S; ++s) {  // steps after the last one are computed and not written
        if constexpr (own_first<M, Lane::L>)
          step_own_first<M, R>(a[s], x[s], state);
        else
          step_forward<M, R, Lane::L>(a[s], scale[s], x[s], this->first_lane, state);
#pragma unroll
        for (int r = 0; r < R; ++r)
          x[s][r] = state[r];
      }
      hand_on_state(relay, segment, state);
      write_segment(segment, x, out_tile);
      stage = stage + 1 == stages ? 0 : stage + 1;
    }
  }
};

template <class In, class Out, int M>
SIMT_KERNEL(32 * relay_warps_max)
bdlru_forward_kernel(BdlruArgs args) {
  using Pass = BdlruForward<In, Out, M>;
  const Relay relay = relay_of(args.shape, args.tuning, args.piece, Pass::S, Pass::carry_values,
                               Pass::warp_bytes(args.tuning.stages));
  if (relay.team.chains > 0) Pass(args, relay).run();
}

}  // namespace scanyard::kernels::cuda
