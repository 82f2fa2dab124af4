//! The backward pass of hlru_scan.cuh, both forms, walked from the last step. Only the gradients by
//! the states are on the chain of steps; those by gates and values follow while the next warp
//! walks.
#pragma once

#include "kernels/cuda/hlru_scan.cuh"

namespace scanyard::kernels::cuda {

template <class In, class Out, int M, bool IsTransposed>
struct HlruBackward : HlruLane<In, Out, M> {
  using Lane = HlruLane<In, Out, M>;
  using Lane::args, Lane::relay;
  static constexpr int S = Lane::S, C = Lane::C;
  static constexpr int v_offset = S * Lane::z_pitch, dy_offset = v_offset + S * Lane::v_pitch;
  static constexpr int before_offset = dy_offset + S * Lane::y_pitch;
  static constexpr int stage_bytes = before_offset + S * Lane::y_pitch;
  SIMT_BOTH static constexpr int warp_bytes(int stages) { return stages * stage_bytes; }
  using Lane::Lane;

  SIMT_DEVICE void fetch(int turn, char* stage) const {
    if (turn < relay.segments) {
      const int segment = relay.segments - 1 - turn, steps = this->steps_of(segment);
      const std::int64_t first = relay.first_step + segment * S;
      const Team& team = relay.team;
      fetch_tile<Lane::G, Lane::z_item, S>(args.z, this->z_way, team, first, steps, stage);
      fetch_tile<Lane::G, Lane::v_item, S>(args.v, this->v_way, team, first, steps,
                                           stage + v_offset);
      fetch_tile<Lane::G, Lane::y_item, S>(args.dy, this->y_way, team, first, steps,
                                           stage + dy_offset);
      char* const before = stage + before_offset;
      if (first > 0) {
        fetch_tile<Lane::G, Lane::y_item, S>(args.y, this->y_way, team, first - 1, steps, before);
      } else {
        for (int byte = 4 * simt::lane_index(); byte < Lane::y_pitch; byte += 128)
          *reinterpret_cast<std::uint32_t*>(before + byte) = 0;
        fetch_tile<Lane::G, Lane::y_item, S>(args.y, this->y_way, team, 0, steps - 1,
                                             before + Lane::y_pitch);
      }
    }
    simt::commit_copies();
  }

  /// Walks the segment back: slots[s] becomes the gradients by the step's slots.
  SIMT_DEVICE void walk(int steps, const char* stage, const float (&a)[S][C], float (&slots)[S][M],
                        float (&pending)[M]) const {
#pragma unroll
    for (int s = 0; s < S; ++s)
      load_run<Out, Lane::y_item>(stage + dy_offset + s * Lane::y_pitch + this->y_at(), slots[s]);
#pragma unroll
    for (int s = S - 1; s >= 0; --s) {
      step_taps_back<IsTransposed, M>(a[s], slots[s], pending);
      if (s >= steps) {  // after the sequence's end: nothing comes from there
#pragma unroll
        for (int i = 0; i < M; ++i)
          pending[i] = 0;
      }
    }
  }

  /// Replaces one step's gates and value by their gradients.
  template <bool IsSoftmax>
  SIMT_DEVICE void differentiate(char* stage, int s, const float (&a)[C],
                                 const float (&slots)[M]) const {
    char* const z = stage + s * Lane::z_pitch + this->z_at();
    char* const v = stage + v_offset + s * Lane::v_pitch + this->v_at();
    float before[M], value[1], inputs[C], dz[C];
    load_run<Out, Lane::y_item>(stage + before_offset + s * Lane::y_pitch + this->y_at(), before);
    load_run<In, Lane::v_item>(v, value);
    // da_j = u inputs_j: in the transposed form, every slot has a gradient of its own.
    const float u = IsTransposed ? 1.f : slots[0];
#pragma unroll
    for (int j = 0; j < M; ++j)
      inputs[j] = IsTransposed ? slots[j] * before[0] : before[j];
    inputs[M] = IsTransposed ? slots[0] * value[0] : value[0];
    float output = 0;
#pragma unroll
    for (int j = 0; j < C; ++j)
      output = fmaf(a[j], inputs[j], output);
    value[0] = slots[0] * a[M];
    if constexpr (IsSoftmax) {
      softmax_gradient<0, C>(a, inputs, output, u, dz);
    } else {
      load_run<In, Lane::z_item>(z, dz);
      other_gradient<true, 0, C>(args.gate, inputs, output, u, dz);
    }
    store_run<In, Lane::z_item>(z, dz);
    store_run<In, Lane::v_item>(v, value);
  }

  SIMT_DEVICE void differentiate_all(char* stage, const float (&a)[S][C],
                                     const float (&slots)[S][M]) const {
    if (!this->is_used) return;
    if (args.gate == Gate::softmax) {
#pragma unroll
      for (int s = 0; s < S; ++s)
        differentiate<true>(stage, s, a[s], slots[s]);
    } else {
#pragma unroll
      for (int s = 0; s < S; ++s)
        differentiate<false>(stage, s, a[s], slots[s]);
    }
  }

  SIMT_DEVICE void run() const {
    const int stages = args.tuning.stages;
    for (int stage = 0; stage < stages; ++stage)
      fetch(relay.warp + stage * relay.warps, relay.tiles + stage * stage_bytes);
    float pending[M] = {};
    int stage = 0;
    for (int turn = relay.warp; turn < relay.segments; turn += relay.warps) {
      char* const tile = relay.tiles + stage * stage_bytes;
      const int segment = relay.segments - 1 - turn;
      const std::int64_t first = relay.first_step + segment * S;
      simt::wait_copies(stages - 1);
      simt::sync_warp();
      float a[S][C], slots[S][M];
#pragma unroll
      for (int s = 0; s < S; ++s)
        load_run<In, Lane::z_item>(tile + s * Lane::z_pitch + this->z_at(), a[s]);
      float scale[S][1];
      normalise_segment<true, 1, C>(args.gate, a, scale);
      take_state(relay, turn, pending);
      walk(this->steps_of(segment), tile, a, slots, pending);
      hand_on_state(relay, turn, pending);
      simt::sync_warp();  // every lane has read the stage: its gates can be replaced
      differentiate_all(tile, a, slots);
      simt::sync_warp();
      store_tile<In, Lane::G, Lane::z_item, S>(args.dz, this->z_way, relay.team, first,
                                               this->steps_of(segment), tile);
      store_tile<In, Lane::G, Lane::v_item, S>(args.dv, this->v_way, relay.team, first,
                                               this->steps_of(segment), tile + v_offset);
      simt::sync_warp();
      fetch(turn + stages * relay.warps, tile);
      stage = stage + 1 == stages ? 0 : stage + 1;
    }
  }
};

}  // namespace scanyard::kernels::cuda
