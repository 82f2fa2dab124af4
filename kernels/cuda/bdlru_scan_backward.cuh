//! The backward pass of bdlru_scan.cuh: u_t = dh_t + A_{t+1}^T u_{t+1}, walked from the last step.
//! Only u is on the chain of steps; what depends on it follows while the next warp walks on.
#pragma once

#include "kernels/cuda/bdlru_scan.cuh"

namespace scanyard::kernels::cuda {

template <class In, class Out, int M>
struct BdlruBackward : BdlruLane<In, Out, M> {
  using Lane = BdlruLane<In, Out, M>;
  static constexpr int R = Lane::R, C = Lane::C, S = Lane::plan.backward_steps;
  static_assert(piece_steps_of(M) % S == 0);  // only a sequence's end may lie within a segment
  static constexpr int v_offset = S * Lane::z_pitch, dh_offset = v_offset + S * Lane::v_pitch;
  static constexpr int before_offset = dh_offset + S * Lane::h_pitch;
  static constexpr int stage_bytes = before_offset + S * Lane::h_pitch;
  static constexpr int carry_values = R;
  SIMT_BOTH static constexpr int warp_bytes(int stages) { return stages * stage_bytes; }

  const BdlruArgs& args;
  Relay relay;
  CopyWay z_way, v_way, h_way;

  SIMT_DEVICE BdlruBackward(const BdlruArgs& a, const Relay& r) : Lane(r.team), args(a), relay(r) {
    z_way = copy_way(r.team, a.z.unit_bytes, Lane::z_item, Lane::G);
    v_way = copy_way(r.team, a.v.unit_bytes, Lane::v_item, Lane::G);
    h_way = copy_way(r.team, a.h.unit_bytes, Lane::h_item, Lane::G);
  }

  SIMT_DEVICE int steps_of(int segment) const {
    const int left = relay.steps - segment * S;
    return left < S ? left : S;
  }

  /// Segments are walked from the last one on: the `turn`-th is segment segments - 1 - turn.
  SIMT_DEVICE void fetch(int turn, char* stage) const {
    if (turn < relay.segments) {
      const int segment = relay.segments - 1 - turn, steps = steps_of(segment);
      const std::int64_t first = relay.first_step + segment * S;
      const Team& team = relay.team;
      fetch_tile<Lane::G, Lane::z_item, S>(args.z, z_way, team, first, steps, stage);
      fetch_tile<Lane::G, Lane::v_item, S>(args.v, v_way, team, first, steps, stage + v_offset);
      fetch_tile<Lane::G, Lane::h_item, S>(args.dh, h_way, team, first, steps, stage + dh_offset);
      char* before = stage + before_offset;
      if (first > 0) {
        fetch_tile<Lane::G, Lane::h_item, S>(args.h, h_way, team, first - 1, steps, before);
      } else {
        for (int byte = 4 * simt::lane_index(); byte < Lane::h_pitch; byte += 128)
          *reinterpret_cast<std::uint32_t*>(before + byte) = 0;
        fetch_tile<Lane::G, Lane::h_item, S>(args.h, h_way, team, 0, steps - 1,
                                             before + Lane::h_pitch);
      }
    }
    simt::commit_copies();
  }

  /// Steps after the sequence's end: dh of zero and gates of one, which ask nothing of the steps
  /// before, whatever the gate function.
  SIMT_DEVICE void fill_rest(int steps, char* stage) const {
    const std::uint32_t one = sizeof(In) == 4 ? 0x3f800000u : 0x3f803f80u;
    const int lane = simt::lane_index();
    for (int byte = steps * Lane::z_pitch + 4 * lane; byte < S * Lane::z_pitch; byte += 128)
      *reinterpret_cast<std::uint32_t*>(stage + byte) = one;
    for (int byte = steps * Lane::h_pitch + 4 * lane; byte < S * Lane::h_pitch; byte += 128)
      *reinterpret_cast<std::uint32_t*>(stage + dh_offset + byte) = 0;
  }

  SIMT_DEVICE void read_segment(const char* stage, float (&a)[S][R * C], float (&scale)[S][R],
                                float (&u)[S][R]) const {
#pragma unroll
    for (int s = 0; s < S; ++s) {
      load_run<In, Lane::z_item>(stage + s * Lane::z_pitch + this->z_at(relay.team, args.z), a[s]);
      load_run<Out, Lane::h_item>(
          stage + dh_offset + s * Lane::h_pitch + this->h_at(relay.team, args.h), u[s]);
    }
    normalise_segment<Lane::scaled, R, C>(args.gate, a, scale);
  }

  /// u of every step times its row's scale, and what the step before the segment gets.
  SIMT_DEVICE void walk(const float (&a)[S][R * C], const float (&scale)[S][R], float (&u)[S][R],
                        float (&carry)[R]) const {
    constexpr bool has_idle_lanes = M / R < Lane::L;  // of a block
#pragma unroll
    for (int s = S - 1; s >= 0; --s) {
#pragma unroll
      for (int r = 0; r < R; ++r) {
        u[s][r] = (u[s][r] + carry[r]) * scale[s][r];
        if (has_idle_lanes && !this->is_used) u[s][r] = 0;
      }
      step_backward<M, R, Lane::L>(a[s], u[s], carry);
    }
  }

  /// Columns of dz of rows Row to R - 1, and dv, of one step. dz holds z before.
  template <bool IsSoftmax, int Row = 0>
  SIMT_DEVICE void row_gradients(const float (&a)[R * C], const float (&scale)[R],
                                 const float (&before)[M], const float (&u)[R], float (&value)[R],
                                 float (&dz)[R * C]) const {
    float inputs[C];
    float output = a[Row * C + M] * value[Row];
#pragma unroll
    for (int j = 0; j < M; ++j) {
      inputs[j] = before[j];
      output = fmaf(a[Row * C + j], before[j], output);
    }
    inputs[M] = value[Row];
    output *= scale[Row];
    value[Row] = u[Row] * a[Row * C + M];
    if constexpr (IsSoftmax)
      softmax_gradient<Row * C, C>(a, inputs, output, u[Row], dz);
    else
      other_gradient<Lane::scaled, Row * C, C>(args.gate, inputs, output, u[Row], dz);
    if constexpr (Row + 1 < R) row_gradients<IsSoftmax, Row + 1>(a, scale, before, u, value, dz);
  }

  /// Replaces gates and values in the stage by their gradients.
  template <bool IsSoftmax>
  SIMT_DEVICE void differentiate(char* stage, const float (&a)[S][R * C],
                                 const float (&scale)[S][R], const float (&u)[S][R]) const {
    if (!this->is_used) return;
    char* const z = stage + this->z_at(relay.team, args.z);
    char* const v = stage + v_offset + this->v_at(relay.team, args.v);
    const char* const h =
        stage + before_offset + this->h_at(relay.team, args.h) - this->row * int(sizeof(Out));
    float before[S][M], value[S][R];
#pragma unroll
    for (int s = 0; s < S; ++s) {
      load_run<Out, Lane::h_item>(h + s * Lane::h_pitch, before[s]);
      load_run<In, Lane::v_item>(v + s * Lane::v_pitch, value[s]);
    }
#pragma unroll
    for (int s = 0; s < S; ++s) {
      float dz[R * C];
      if constexpr (!IsSoftmax) load_run<In, Lane::z_item>(z + s * Lane::z_pitch, dz);
      row_gradients<IsSoftmax>(a[s], scale[s], before[s], u[s], value[s], dz);
      store_run<In, Lane::z_item>(z + s * Lane::z_pitch, dz);
      store_run<In, Lane::v_item>(v + s * Lane::v_pitch, value[s]);
    }
  }

  SIMT_DEVICE void write_segment(int segment, const char* stage) const {
    const std::int64_t first = relay.first_step + segment * S;
    const int steps = steps_of(segment);
    store_tile<In, Lane::G, Lane::z_item, S>(args.dz, z_way, relay.team, first, steps, stage);
    store_tile<In, Lane::G, Lane::v_item, S>(args.dv, v_way, relay.team, first, steps,
                                             stage + v_offset);
  }

  SIMT_DEVICE void run() const {
    const int stages = args.tuning.stages;
    for (int stage = 0; stage < stages; ++stage)
      fetch(relay.warp + stage * relay.warps, relay.tiles + stage * stage_bytes);
    const int last_steps = steps_of(relay.segments - 1);
    if (relay.warp == 0 && last_steps < S) fill_rest(last_steps, relay.tiles);
    float carry[R];
    this->load_entering(args, relay.team, carry);
    int stage = 0;
    for (int turn = relay.warp; turn < relay.segments; turn += relay.warps) {
      char* const tile = relay.tiles + stage * stage_bytes;
      const int segment = relay.segments - 1 - turn;
      simt::wait_copies(stages - 1);
      simt::sync_warp();
      float a[S][R * C], scale[S][R], u[S][R];
      read_segment(tile, a, scale, u);
      take_state(relay, turn, carry);
      walk(a, scale, u, carry);
      hand_on_state(relay, turn, carry);
      simt::sync_warp();  // every lane has read the stage: its gates can be replaced
      if (args.gate == Gate::softmax)
        differentiate<true>(tile, a, scale, u);
      else
        differentiate<false>(tile, a, scale, u);
      simt::sync_warp();
      write_segment(segment, tile);
      simt::sync_warp();
      fetch(turn + stages * relay.warps, tile);
      stage = stage + 1 == stages ? 0 : stage + 1;
    }
  }
};

template <class In, class Out, int M>
SIMT_KERNEL(32 * relay_warps_max)
bdlru_backward_kernel(BdlruArgs args) {
  using Pass = BdlruBackward<In, Out, M>;
  const Relay relay = relay_of(args.shape, args.tuning, args.piece, Pass::S, Pass::carry_values,
                               Pass::warp_bytes(args.tuning.stages));
  if (relay.team.chains > 0) Pass(args, relay).run();
}

}  // namespace scanyard::kernels::cuda
