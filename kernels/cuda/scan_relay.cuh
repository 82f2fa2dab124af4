//! The relay: how the warps of a team walk through time.
//!
//! A team's chains (scan_tiles.cuh) are cut into segments of a few steps. `warps_per_team` warps
//! take segments in turn: warp w has w, w + W, w + 2W, ... Each one fetches its segments' inputs
//! into its own shared memory `stages` segments ahead, normalises the gates of a segment into
//! registers, and only then waits for the state that its neighbour hands on through shared memory
//! and a named barrier; it runs the recurrence over its steps, hands the state on, and writes
//! results while the next warps run theirs. So at any time one warp of a team is in the recurrence,
//! whose latency (shuffles and multiply-adds that depend on each other) is all that is left on the
//! chain of steps; loads, exponentials and stores of the other warps fill the time. Nothing is
//! computed twice and the result is the sequential one, bit for bit, whatever the configuration.
#pragma once

#include <cstdint>

#include "kernels/bdlru_scan.hpp"
#include "kernels/cuda/scan_tiles.cuh"
#include "kernels/cuda/scan_tuning.hpp"

namespace scanyard::kernels::cuda {

/// Warps of a block at most: a lane has up to 168 registers then, and coefficients need them.
inline constexpr int relay_warps_max = 12;

/// Where a warp is in the launch, and its parts of shared memory.
struct Relay {
  Team team;
  int warp = 0;   ///< in its team
  int warps = 1;  ///< of its team
  std::int64_t first_step = 0;
  int steps = 0;  ///< of this piece of the sequence
  int segments = 0;
  int barrier = 0;  ///< where this warp waits
  int next_barrier = 0;
  float* arriving = nullptr;  ///< what the warp before hands on, [values][32]
  float* leaving = nullptr;
  char* tiles = nullptr;
};

/// Every warp of the launch calls this first. `carry_values`: floats that a lane hands on.
SIMT_DEVICE Relay relay_of(const ScanShape& shape, const ScanTuning& tuning, std::int64_t piece,
                           int segment_steps, int carry_values, int warp_bytes) {
  Relay relay;
  const int all_warps = tuning.warps_per_team * tuning.teams_per_block;
  const int here = simt::warp_index();
  const int slot = here / tuning.warps_per_team;
  relay.warps = tuning.warps_per_team;
  relay.warp = here - slot * relay.warps;
  const std::int64_t index = std::int64_t(simt::block_x()) * tuning.teams_per_block + slot;
  const int chains = tuning.chains_per_team, channels = static_cast<int>(shape.channels);
  if (is_by_sequence(chains, channels)) {
    const int teams = (channels + chains - 1) / chains;
    const std::int64_t sequence = index / teams, first = (index - sequence * teams) * chains;
    const std::int64_t end = sequence < shape.chains ? (sequence + 1) * channels : 0;
    relay.team = team_at(sequence * channels + first, chains, end, channels, shape.length);
  } else {
    relay.team = team_at(index * chains, chains, shape.chains * channels, channels, shape.length);
  }
  relay.first_step = simt::block_y() * piece;
  const std::int64_t left = shape.length - relay.first_step;
  relay.steps = static_cast<int>(left < piece ? left : piece);
  relay.segments = (relay.steps + segment_steps - 1) / segment_steps;
  relay.barrier = here;
  const int next = relay.warp + 1 < relay.warps ? here + 1 : slot * relay.warps;
  relay.next_barrier = next;
  auto* const carries = reinterpret_cast<float*>(simt::shared_memory());
  relay.arriving = carries + here * carry_values * 32;
  relay.leaving = carries + next * carry_values * 32;
  relay.tiles = simt::shared_memory() + all_warps * carry_values * 32 * int(sizeof(float)) +
                here * warp_bytes;
  return relay;
}

/// Waits for the state that the segment before `turn` hands on. `turn` counts segments in the order
/// in which they are walked. With one warp a team, the state is in its registers already.
template <int N>
SIMT_DEVICE void take_state(const Relay& relay, int turn, float (&state)[N]) {
  if (turn == 0 || relay.warps == 1) return;
  simt::barrier_sync(relay.barrier, 64);
#pragma unroll
  for (int i = 0; i < N; ++i)
    state[i] = relay.arriving[i * 32 + simt::lane_index()];
}

template <int N>
SIMT_DEVICE void hand_on_state(const Relay& relay, int turn, const float (&state)[N]) {
  if (relay.warps == 1 || turn + 1 == relay.segments) return;
#pragma unroll
  for (int i = 0; i < N; ++i)
    relay.leaving[i * 32 + simt::lane_index()] = state[i];
  simt::barrier_arrive(relay.next_barrier, 64);
}

}  // namespace scanyard::kernels::cuda
