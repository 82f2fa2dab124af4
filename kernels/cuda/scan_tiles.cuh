//! Tiles of the scans: some steps of a team's chains, copied between global and shared memory by
//! one warp.
//!
//! Arrays are [sequences, steps, channels, item]; a chain is one channel of one sequence, counted
//! through all sequences: chain = sequence * channels + channel. A team is up to 32 chains that
//! follow each other. At one step, they lie together in memory, or in a few pieces where the team
//! reaches into the next sequence.
//!
//! Three ways to copy, by what addresses allow:
//! - whole: 16 bytes a lane and time, everything about the tile known at compile time but where it
//!   lies; a full team of one sequence, and all steps;
//! - vectors: 16 bytes a lane and time, any number of chains and steps;
//! - words: 4 or 2 bytes, where rows (all channels of one step) or the team's part of them are not
//!   whole vectors.
//! A tile's step begins with the first copied unit that holds a byte of the team.
#pragma once

#include <cstdint>

#include "kernels/cuda/simt.cuh"

namespace scanyard::kernels::cuda {

/// A device array and how many bytes a copy may move at once (16, 4 or 2): whole rows consist of
/// such units, so that none lies across two sequences.
struct ScanArray {
  char* data = nullptr;
  int unit_bytes = 16;
};

struct Team {
  std::int64_t sequence = 0;  ///< of the first chain
  int channel = 0;            ///< of the first chain
  int chains = 0;
  int channels = 0;         ///< of a sequence
  std::int64_t length = 0;  ///< steps of a sequence
};

/// Teams are counted sequence by sequence, the last of a sequence smaller, where that leaves few
/// lanes idle; else on through all sequences.
SIMT_BOTH inline bool is_by_sequence(int chains, std::int64_t channels) {
  const std::int64_t teams = (channels + chains - 1) / chains;
  return channels % chains != 0 && channels * 4 >= teams * chains * 3;
}

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

/// Bytes of a tile's step in shared memory, for up to `chains` chains of `item` bytes.
SIMT_BOTH constexpr int tile_pitch(int chains, int item) {
  return (chains * item + (item % 4 == 0 ? 0 : 2) + 15) / 16 * 16;
}

enum class CopyWay { whole, vectors, words };

/// Half a team can be whole too where its chains are small: such teams are halved where there are
/// few of them.
SIMT_BOTH constexpr bool halves_are_whole(int chains, int item) {
  return chains == 32 && item <= 24 && chains / 2 * item % 16 == 0;
}

/// How a team's tiles of one array are copied. `full_chains`: of a full team.
SIMT_DEVICE CopyWay copy_way(const Team& team, int unit_bytes, int item, int full_chains) {
  if (unit_bytes != 16 || ((team.channel * item) | (team.chains * item)) % 16 != 0)
    return CopyWay::words;
  const bool is_full = team.chains == full_chains ||
                       (halves_are_whole(full_chains, item) && team.chains == full_chains / 2);
  const bool is_whole = is_full && team.channel + team.chains <= team.channels;
  return is_whole ? CopyWay::whole : CopyWay::vectors;
}

/// Bytes of a tile's step before the team's first byte.
SIMT_DEVICE int skew_of(const Team& team, int unit_bytes, int item) {
  return unit_bytes == 2 ? 0 : team.channel * item % 4;
}

/// Byte of the array where the team's part of a step begins.
SIMT_DEVICE std::int64_t team_byte(const Team& team, int item, std::int64_t step) {
  return ((team.sequence * team.length + step) * team.channels + team.channel) * item;
}

/// Calls move(byte in the tile, byte from the team's start in the array) for every vector of a
/// whole tile.
template <int Chains, int Item, int Steps, int Pitch, class Move>
SIMT_DEVICE void for_whole_tile(int row, Move move) {
  constexpr int vectors = Chains * Item / 16, all = vectors * Steps;
#pragma unroll
  for (int i = 0; i < (all + 31) / 32; ++i) {
    const int index = simt::lane_index() + 32 * i;
    const int step = index / vectors, vector = index - step * vectors;
    const int tile = Pitch == vectors * 16 ? index * 16 : step * Pitch + vector * 16;
    if (all % 32 == 0 || index < all) move(tile, step * row + vector * 16);
  }
}

/// for_whole_tile() of the team: full or half.
template <int Chains, int Item, int Steps, class Move>
SIMT_DEVICE void for_each_of_whole(const Team& team, Move move) {
  constexpr int pitch = tile_pitch(Chains, Item);
  if constexpr (halves_are_whole(Chains, Item)) {
    if (team.chains < Chains) {
      for_whole_tile<Chains / 2, Item, Steps, pitch>(team.channels * Item, move);
      return;
    }
  }
  for_whole_tile<Chains, Item, Steps, pitch>(team.channels * Item, move);
}

/// 2^20 / n, rounded up, for n below 2^11: i * this >> 20 is i / n where i * n is below 2^20.
SIMT_DEVICE unsigned share_of(int n) {
  return static_cast<unsigned>(simt::reciprocal(static_cast<float>(n)) * 1048576.f) + 1;
}

/// The same for any number of chains and steps; the team may reach into further sequences.
template <class Move>
SIMT_DEVICE void for_vectors(const Team& team, int item, int pitch, int steps, Move move) {
  const int vectors = team.chains * item / 16, row = team.channels * item / 16;
  const int begin = team.channel * item / 16, length = static_cast<int>(team.length);
  const unsigned step_share = share_of(vectors);
  // A row longer than the team's part is left once at most.
  const bool is_long = row > vectors;
  const unsigned row_share = is_long ? 0 : share_of(row);
  const int all = vectors * steps;
#pragma unroll 4
  for (int index = simt::lane_index(); index < all; index += 32) {
    const int step = static_cast<int>(unsigned(index) * step_share >> 20);
    const int vector = index - step * vectors, at = begin + vector;
    const int sequences =
        is_long ? (at >= row ? 1 : 0) : static_cast<int>(unsigned(at) * row_share >> 20);
    const int rows = sequences * length + step;
    move(step * pitch + vector * 16,
         (std::int64_t(rows) * row + (at - sequences * row - begin)) * 16);
  }
}

/// The same by units of `Unit` bytes, and with the byte at which the unit begins in the tile's
/// step.
template <int Unit, class Move>
SIMT_DEVICE void for_words(const Team& team, int item, int pitch, int steps, Move move) {
  const int row = team.channels * item, begin = team.channel * item / Unit * Unit;
  const int units = (team.channel * item - begin + team.chains * item + Unit - 1) / Unit;
  const std::int64_t first = team.channel * item;
  for (int step = 0; step < steps; ++step) {
    for (int unit = simt::lane_index(); unit < units; unit += 32) {
      int at = begin + unit * Unit;
      std::int64_t sequences = 0;
      while (at >= row) {
        at -= row;
        sequences += team.length;
      }
      move(step * pitch + unit * Unit, (sequences + step) * row + at - first, unit * Unit);
    }
  }
}

/// fetch_tile() for sizes known at run time. `from`: the team's first byte of the first step.
SIMT_DEVICE void fetch_part(const ScanArray& array, CopyWay way, const Team& team, int item,
                            int pitch, const char* from, int steps, char* tile) {
  if (way != CopyWay::words) {
    for_vectors(team, item, pitch, steps,
                [&](int to, std::int64_t at) { simt::copy_async<16>(tile + to, from + at); });
  } else if (array.unit_bytes >= 4) {
    for_words<4>(team, item, pitch, steps,
                 [&](int to, std::int64_t at, int) { simt::copy_async<4>(tile + to, from + at); });
  } else {
    for_words<2>(team, item, pitch, steps, [&](int to, std::int64_t at, int) {
      *reinterpret_cast<std::uint16_t*>(tile + to) =
          *reinterpret_cast<const std::uint16_t*>(from + at);
    });
  }
}

/// Starts copying `steps` of Steps steps from `first_step` on into the tile. The copies belong to
/// the caller's current group.
template <int Chains, int Item, int Steps>
SIMT_DEVICE void fetch_tile(const ScanArray& array, CopyWay way, const Team& team,
                            std::int64_t first_step, int steps, char* tile) {
  constexpr int pitch = tile_pitch(Chains, Item);
  const char* const from = array.data + team_byte(team, Item, first_step);
  if constexpr (Chains * Item % 16 == 0) {
    if (way == CopyWay::whole && steps == Steps) {
      const auto copy = [&](int at_tile, int at) {
        simt::copy_async<16>(tile + at_tile, from + at);
      };
      for_each_of_whole<Chains, Item, Steps>(team, copy);
      return;
    }
  }
  fetch_part(array, way, team, Item, pitch, from, steps, tile);
}

/// store_tile() for sizes known at run time. Of units that hold other teams' bytes too, only the
/// team's own elements are written.
template <class Element>
SIMT_DEVICE void store_part(const ScanArray& array, CopyWay way, const Team& team, int item,
                            int pitch, char* to, int steps, const char* tile) {
  if (way != CopyWay::words) {
    for_vectors(team, item, pitch, steps, [&](int from, std::int64_t at) {
      *reinterpret_cast<simt::Vector16*>(to + at) =
          *reinterpret_cast<const simt::Vector16*>(tile + from);
    });
    return;
  }
  const int skew = skew_of(team, array.unit_bytes, item), end = skew + team.chains * item;
  const auto store_unit = [&](int from, std::int64_t at, int in_step, int unit) {
    for (int byte = 0; byte < unit; byte += int(sizeof(Element))) {
      if (in_step + byte >= skew && in_step + byte < end)
        *reinterpret_cast<Element*>(to + at + byte) =
            *reinterpret_cast<const Element*>(tile + from + byte);
    }
  };
  if (array.unit_bytes >= 4) {
    for_words<4>(team, item, pitch, steps,
                 [&](int from, std::int64_t at, int in_step) { store_unit(from, at, in_step, 4); });
  } else {
    for_words<2>(team, item, pitch, steps,
                 [&](int from, std::int64_t at, int in_step) { store_unit(from, at, in_step, 2); });
  }
}

/// Copies `steps` steps of the tile, written by any lane before a sync_warp, to the array.
template <class Element, int Chains, int Item, int Steps>
SIMT_DEVICE void store_tile(const ScanArray& array, CopyWay way, const Team& team,
                            std::int64_t first_step, int steps, const char* tile) {
  constexpr int pitch = tile_pitch(Chains, Item);
  char* const to = array.data + team_byte(team, Item, first_step);
  if constexpr (Chains * Item % 16 == 0) {
    if (way == CopyWay::whole && steps == Steps) {
      const auto copy = [&](int at_tile, int at) {
        *reinterpret_cast<simt::Vector16*>(to + at) =
            *reinterpret_cast<const simt::Vector16*>(tile + at_tile);
      };
      for_each_of_whole<Chains, Item, Steps>(team, copy);
      return;
    }
  }
  store_part<Element>(array, way, team, Item, pitch, to, steps, tile);
}

}  // namespace scanyard::kernels::cuda
