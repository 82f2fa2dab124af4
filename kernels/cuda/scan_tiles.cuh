//! Tiles of the scans: some steps of a team's chains, copied between global and shared memory by one
//! warp.
//!
//! Arrays are [sequences, steps, channels, item]; a chain is one channel of one sequence, counted
//! through all sequences: chain = sequence * channels + channel. A team is up to 32 chains that
//! follow each other. At one step, they lie together in memory, or in a few pieces where the team
//! reaches into the next sequence. A warp copies vectors of 16 bytes where rows (all channels of one
//! step) allow, else of 4 or 2: rows are whole vectors then, so that a vector never lies across two
//! sequences. A tile's step begins with the first vector that holds a byte of the team.
#pragma once

#include <cstdint>

#include "kernels/cuda/simt.cuh"

namespace scanyard::kernels::cuda {

/// A device array with its vectors: how many bytes a copy may move at once (16, 4 or 2).
struct ScanArray {
  char* data = nullptr;
  int vector_bytes = 16;
};

struct Team {
  std::int64_t sequence = 0;  ///< of the first chain
  int channel = 0;            ///< of the first chain
  int chains = 0;
  int channels = 0;         ///< of a sequence
  std::int64_t length = 0;  ///< steps of a sequence
};

SIMT_DEVICE Team team_at(std::int64_t first_chain, int chains, std::int64_t all_chains,
                         int channels, std::int64_t length) {
  Team team;
  team.sequence = first_chain / channels;
  team.channel = static_cast<int>(first_chain - team.sequence * channels);
  const std::int64_t left = all_chains - first_chain;
  team.chains = left < chains ? static_cast<int>(left) : chains;
  team.channels = channels;
  team.length = length;
  return team;
}

/// How a warp copies one array's tiles: lane i copies every `stride`-th step from `step` on, vectors
/// `vector`, `vector` + 32, ... of that step. Packed into one register.
struct Strip {
  int packed = 0;

  SIMT_DEVICE int vector() const { return packed & 31; }
  SIMT_DEVICE int stride() const { return packed >> 5 & 63; }
  SIMT_DEVICE int step() const { return packed >> 11; }
};

/// Bytes between the start of the vector that holds the team's first byte of a row, and that byte.
/// `item`: bytes of one chain at one step.
SIMT_DEVICE int skew_of(const Team& team, int item, int vector_bytes) {
  return team.channel * item & (vector_bytes - 1);
}

/// How many vectors hold the team's bytes of one step.
SIMT_DEVICE int vectors_of(const Team& team, int item, int vector_bytes) {
  const int shift = vector_bytes == 16 ? 4 : vector_bytes == 4 ? 2 : 1;
  const int bytes = skew_of(team, item, vector_bytes) + team.chains * item;
  return (bytes + vector_bytes - 1) >> shift;
}

SIMT_DEVICE Strip strip_of(const Team& team, int item, int vector_bytes) {
  const int vectors = vectors_of(team, item, vector_bytes), lane = simt::lane_index();
  if (vectors >= 32) return {lane | 1 << 5};
  const int stride = 32 / vectors;
  const int step = lane / vectors;
  constexpr int none = 1 << 16;  // a lane left over copies nothing
  return {(lane - step * vectors) | stride << 5 | (step < stride ? step : none) << 11};
}

/// Bytes of a tile's step in shared memory, for up to `chains` chains of `item` bytes and any skew.
SIMT_BOTH constexpr int tile_pitch(int chains, int item) {
  return (chains * item + 14 + 15) / 16 * 16;
}

/// Calls move(byte in the tile, byte in the array, byte in the tile's step) for every vector of this
/// lane.
template <int V, class Move>
SIMT_DEVICE void for_each_vector(const Team& team, const Strip& strip, int item, int pitch,
                                 std::int64_t first_step, int steps, Move move) {
  const int row = team.channels * item;
  const int begin = team.channel * item - skew_of(team, item, V);
  const int vectors = vectors_of(team, item, V);
  const int first = strip.step(), stride = strip.stride();
  for (int vector = strip.vector(); vector < vectors; vector += 32) {
    int at = begin + vector * V;
    std::int64_t sequence = team.sequence;
    while (at >= row) {
      at -= row;
      ++sequence;
    }
    std::int64_t global = (sequence * team.length + first_step + first) * row + at;
    const std::int64_t global_stride = std::int64_t(stride) * row;
    int tile = first * pitch + vector * V;
#pragma unroll 4
    for (int step = first; step < steps; step += stride) {
      move(tile, global, vector * V);
      tile += stride * pitch;
      global += global_stride;
    }
  }
}

/// Starts copying `steps` steps from `first_step` on into the tile. The copies belong to the
/// caller's current group.
SIMT_DEVICE void fetch_tile(const ScanArray& array, const Team& team, const Strip& strip, int item,
                            int pitch, std::int64_t first_step, int steps, char* tile) {
  if (array.vector_bytes == 16) {
    for_each_vector<16>(team, strip, item, pitch, first_step, steps,
                        [&](int to, std::int64_t from, int) {
                          simt::copy_async<16>(tile + to, array.data + from);
                        });
  } else if (array.vector_bytes == 4) {
    for_each_vector<4>(
        team, strip, item, pitch, first_step, steps,
        [&](int to, std::int64_t from, int) {
          simt::copy_async<4>(tile + to, array.data + from);
        });
  } else {
    for_each_vector<2>(team, strip, item, pitch, first_step, steps,
                       [&](int to, std::int64_t from, int) {
                         *reinterpret_cast<std::uint16_t*>(tile + to) =
                             *reinterpret_cast<const std::uint16_t*>(array.data + from);
                       });
  }
}

/// Copies those elements of a vector of V bytes that belong to the team: from byte `skew` of the
/// step to `end`. The vector begins at byte `in_step`.
template <class Element, int V>
SIMT_DEVICE void store_edge(int skew, int end, int in_step, const char* from, char* to) {
  for (int byte = 0; byte < V; byte += int(sizeof(Element))) {
    if (in_step + byte >= skew && in_step + byte < end)
      *reinterpret_cast<Element*>(to + byte) = *reinterpret_cast<const Element*>(from + byte);
  }
}

/// Copies `steps` steps of the tile, written by any lane before a sync_warp, to the array.
template <class Element>
SIMT_DEVICE void store_tile(const ScanArray& array, const Team& team, const Strip& strip, int item,
                            int pitch, std::int64_t first_step, int steps, const char* tile) {
  const int skew = skew_of(team, item, array.vector_bytes);
  const int end = skew + team.chains * item;
  if (array.vector_bytes == 16) {
    for_each_vector<16>(team, strip, item, pitch, first_step, steps,
                        [&](int from, std::int64_t to, int in_step) {
                          if (in_step >= skew && in_step + 16 <= end)
                            *reinterpret_cast<simt::Vector16*>(array.data + to) =
                                *reinterpret_cast<const simt::Vector16*>(tile + from);
                          else
                            store_edge<Element, 16>(skew, end, in_step, tile + from,
                                                    array.data + to);
                        });
  } else if (array.vector_bytes == 4) {
    for_each_vector<4>(
        team, strip, item, pitch, first_step, steps, [&](int from, std::int64_t to, int in_step) {
          store_edge<Element, 4>(skew, end, in_step, tile + from, array.data + to);
        });
  } else {
    for_each_vector<2>(team, strip, item, pitch, first_step, steps,
                       [&](int from, std::int64_t to, int) {
                         *reinterpret_cast<std::uint16_t*>(array.data + to) =
                             *reinterpret_cast<const std::uint16_t*>(tile + from);
                       });
  }
}

}  // namespace scanyard::kernels::cuda
