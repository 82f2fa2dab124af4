//! What the launchers of the scans share: vectors that arrays allow, the choice of a tuning.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>

#include "kernels/cuda/scan_relay.cuh"

namespace scanyard::kernels::cuda {

/// What one block of threads may have; an SM has 1 KB more.
inline constexpr int shared_bytes_max = 227 * 1024;

/// Bytes that one copy may move in arrays that share a layout: rows of `row_bytes`, these starts.
/// Arrays that are nullptr do not count.
inline int unit_bytes_of(std::int64_t row_bytes, std::initializer_list<const void*> arrays) {
  std::uintptr_t all = static_cast<std::uintptr_t>(row_bytes);
  for (const void* array : arrays)
    all |= reinterpret_cast<std::uintptr_t>(array);
  return all % 16 == 0 ? 16 : all % 4 == 0 ? 4 : 2;
}

inline ScanArray array_of(const void* data, int unit_bytes) {
  return {const_cast<char*>(static_cast<const char*>(data)), unit_bytes};
}

/// What a tuning is chosen by: sizes of a kernel.
struct RelaySizes {
  int chains = 32;                  ///< at most, of a team
  int segment_steps = 1;            ///< steps of a segment
  int carry_bytes = 0;              ///< of a warp
  int stage_bytes = 0;              ///< of a warp's stage
  int other_bytes = 0;              ///< of a warp, beside its stages
  int warps_max = relay_warps_max;  ///< of an SM: what registers allow

  int warp_bytes(int stages) const { return carry_bytes + stages * stage_bytes + other_bytes; }
};

/// Teams of a launch, without pieces.
inline std::int64_t teams_of(const ScanShape& shape, int chains) {
  if (is_by_sequence(chains, shape.channels))
    return shape.chains * ((shape.channels + chains - 1) / chains);
  return (shape.chains * shape.channels + chains - 1) / chains;
}

/// Fills in what `tuning` leaves open.
///
/// An SM takes up to `warps_max` warps, fewer where their stages fill its shared memory. Where
/// there are as many teams as that (short sequences of a training step), a team gets one warp and
/// many teams run side by side. Where there are fewer, a team gets so many warps that the SMs are
/// full: they relay each other (scan_relay.cuh). Where there are fewer teams than SMs, teams are
/// made of fewer chains, and some lanes idle.
inline ScanTuning choose_tuning(ScanTuning tuning, const ScanShape& shape, std::int64_t pieces,
                                const RelaySizes& sizes) {
  if (tuning.warps_per_team > 0) return tuning;
  const std::int64_t processors = std::max(1, simt::multiprocessors());
  tuning.stages = 2;
  tuning.chains_per_team = sizes.chains;
  const auto teams = [&] { return teams_of(shape, tuning.chains_per_team) * pieces; };
  while (tuning.chains_per_team > 4 && teams() * 2 <= processors)
    tuning.chains_per_team /= 2;
  const std::int64_t fitting =
      std::clamp(shared_bytes_max / sizes.warp_bytes(tuning.stages), 1, sizes.warps_max);
  const std::int64_t teams_per_processor = (teams() + processors - 1) / processors;
  const std::int64_t segments =
      (shape.length / pieces + sizes.segment_steps - 1) / sizes.segment_steps;
  const std::int64_t warps = std::max<std::int64_t>(fitting / teams_per_processor, 1);
  tuning.warps_per_team = static_cast<int>(std::clamp<std::int64_t>(segments, 1, warps));
  tuning.teams_per_block = tuning.warps_per_team >= 3 ? 1 : 4 / tuning.warps_per_team;
  while (tuning.teams_per_block > 1 &&
         tuning.teams_per_block * tuning.warps_per_team * sizes.warp_bytes(tuning.stages) >
             shared_bytes_max)
    --tuning.teams_per_block;
  return tuning;
}

/// Launches a relay kernel over all teams of `shape`.
template <class Args>
Status launch_relay(void (*kernel)(Args), Args args, std::int64_t pieces, const RelaySizes& sizes,
                    Stream stream) {
  args.tuning = choose_tuning(args.tuning, args.shape, pieces, sizes);
  args.piece = pieces == 1 ? args.shape.length : args.piece;
  const ScanTuning& tuning = args.tuning;
  const std::int64_t teams = teams_of(args.shape, tuning.chains_per_team);
  const int warps = tuning.warps_per_team * tuning.teams_per_block;
  return simt::launch(kernel, (teams + tuning.teams_per_block - 1) / tuning.teams_per_block, pieces,
                      32 * warps, warps * sizes.warp_bytes(tuning.stages), stream, args);
}

}  // namespace scanyard::kernels::cuda
