//! The backward pass of bdlru_scan.cuh: u_t = dh_t + A_{t+1}^T u_{t+1}, walked from the last step.
//! Only u is on the chain of steps; what depends on it follows while the next warp walks on.
#pragma once

#include "kernels/cuda/bdlru_scan.cuh"

namespace scanyard::kernels::cuda {

template <class In, class Out, int M>
struct BdlruBackward : BdlruLane<In, Out, M> {
  using Lane = BdlruLane<In, Out, M>;
  static constexpr int R = Lane::R, C = Lane::C, S = Lane::plan.backward_steps;
  static constexpr int v_offset = S * Lane::z_pitch, dh_offset = v_offset + S * Lane::v_pitch;
  static constexpr int before_offset = dh_offset + S * Lane::h_pitch;
  static constexpr int stage_bytes = before_offset + S * Lane::h_pitch;
  static constexpr int carry_values = R;
  SIMT_BOTH static constexpr int warp_bytes(int stages) { return stages * stage_bytes; }

  const BdlruArgs& args;
  Relay relay;
  Strip z_strip, v_strip, h_strip;

  SIMT_DEVICE BdlruBackward(const BdlruArgs& a, const Relay& r) : Lane(r.team), args(a), relay(r) {
    z_strip = strip_of(r.team, Lane::z_item, a.z.vector_bytes);
    v_strip = strip_of(r.team, Lane::v_item, a.v.vector_bytes);
    h_strip = strip_of(r.team, Lane::h_item, a.h.vector_bytes);
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
      fetch_tile(args.z, team, z_strip, Lane::z_item, Lane::z_pitch, first, steps, stage);
      fetch_tile(args.v, team, v_strip, Lane::v_item, Lane::v_pitch, first, steps,
                 stage + v_offset);
      fetch_tile(args.dh, team, h_strip, Lane::h_item, Lane::h_pitch, first, steps,
                 stage + dh_offset);
      char* before = stage + before_offset;
      if (first > 0) {
        fetch_tile(args.h, team, h_strip, Lane::h_item, Lane::h_pitch, first - 1, steps, before);
      } else {
        for (int byte = 4 * simt::lane_index(); byte < Lane::h_pitch; byte += 128)
          *reinterpret_cast<std::uint32_t*>(before + byte) = 0;
        fetch_tile(args.h, team, h_strip, Lane::h_item, Lane::h_pitch, 0, steps - 1,
                   before + Lane::h_pitch);
      }
    }
    simt::commit_copies();
  }

  SIMT_DEVICE void read_segment(const char* stage, float (&a)[S][R * C], float (&u)[S][R]) const {
#pragma unroll
    for (int s = 0; s < S; ++s) {
      load_run<In, Lane::z_item>(stage + s * Lane::z_pitch + this->z_at(relay.team, args.z), a[s]);
      load_run<Out, Lane::h_item>(
          stage + dh_offset + s * Lane::h_pitch + this->h_at(relay.team, args.h), u[s]);
    }
    normalise_segment<R, C>(args.gate, a);
  }

  /// u of every step, and what the step before the segment gets.
  SIMT_DEVICE void walk(int steps, const float (&a)[S][R * C], float (&u)[S][R],
                        float (&carry)[R]) const {
#pragma unroll
    for (int s = S - 1; s >= 0; --s) {
#pragma unroll
      for (int r = 0; r < R; ++r)
        u[s][r] = this->is_used ? u[s][r] + carry[r] : 0.f;
      step_backward<M, R, Lane::L>(a[s], u[s], carry);
      if (s >= steps) {  // after the sequence's end: nothing comes from there
#pragma unroll
        for (int r = 0; r < R; ++r)
          carry[r] = 0;
      }
    }
  }

  /// Columns of dz of rows Row to R - 1, and dv, of one step. dz holds z before.
  template <bool IsSoftmax, int Row = 0>
  SIMT_DEVICE void row_gradients(const float (&a)[R * C], const float (&before)[M],
                                 const float (&u)[R], float (&value)[R],
                                 float (&dz)[R * C]) const {
    float inputs[C];
    float output = a[Row * C + M] * value[Row];
#pragma unroll
    for (int j = 0; j < M; ++j) {
      inputs[j] = before[j];
      output = fmaf(a[Row * C + j], before[j], output);
    }
    inputs[M] = value[Row];
    value[Row] = u[Row] * a[Row * C + M];
    if constexpr (IsSoftmax)
      softmax_gradient<Row * C, C>(a, inputs, output, u[Row], dz);
    else
      other_gradient<Row * C, C>(args.gate, inputs, output, u[Row], dz);
    if constexpr (Row + 1 < R) row_gradients<IsSoftmax, Row + 1>(a, before, u, value, dz);
  }

  /// Replaces gates and values in the stage by their gradients.
  template <bool IsSoftmax>
  SIMT_DEVICE void differentiate(char* stage, const float (&a)[S][R * C],
                                 const float (&u)[S][R]) const {
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
      row_gradients<IsSoftmax>(a[s], before[s], u[s], value[s], dz);
      store_run<In, Lane::z_item>(z + s * Lane::z_pitch, dz);
      store_run<In, Lane::v_item>(v + s * Lane::v_pitch, value[s]);
    }
  }

  SIMT_DEVICE void write_segment(int segment, const char* stage) const {
    const std::int64_t first = relay.first_step + segment * S;
    const int steps = steps_of(segment);
    store_tile<In>(args.dz, relay.team, z_strip, Lane::z_item, Lane::z_pitch, first, steps, stage);
    store_tile<In>(args.dv, relay.team, v_strip, Lane::v_item, Lane::v_pitch, first, steps,
                   stage + v_offset);
  }

  SIMT_DEVICE void run() const {
    const int stages = args.tuning.stages;
    for (int stage = 0; stage < stages; ++stage)
      fetch(relay.warp + stage * relay.warps, relay.tiles + stage * stage_bytes);
    float carry[R];
    this->load_entering(args, relay.team, carry);
    int stage = 0;
    for (int turn = relay.warp; turn < relay.segments; turn += relay.warps) {
      char* const tile = relay.tiles + stage * stage_bytes;
      const int segment = relay.segments - 1 - turn;
      simt::wait_copies(stages - 1);
      simt::sync_warp();
      float a[S][R * C], u[S][R];
      read_segment(tile, a, u);
      take_state(relay, turn, carry);
      walk(steps_of(segment), a, u, carry);
      hand_on_state(relay, turn, carry);
      if (args.gate == Gate::softmax)
        differentiate<true>(tile, a, u);
      else
        differentiate<false>(tile, a, u);
      simt::sync_warp();
      write_segment(segment, tile);
      simt::sync_warp();
      fetch(turn + stages * relay.warps, tile);
      stage = stage + 1 == stages ? 0 : stage + 1;
    }
  }
};

template <class In, class Out, int M>
SIMT_KERNEL(32 * relay_warps_max) bdlru_backward_kernel(BdlruArgs args) {
  using Pass = BdlruBackward<In, Out, M>;
  const Relay relay = relay_of(args.shape, args.tuning, args.piece, Pass::S, Pass::carry_values,
                               Pass::warp_bytes(args.tuning.stages));
  if (relay.team.chains > 0) Pass(args, relay).run();
}

}  // namespace scanyard::kernels::cuda
