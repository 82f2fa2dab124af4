//! Long sequences of few chains, cut along time. A sequence of at least `cut_length` steps is cut
//! into pieces of piece_steps_of(m), in three launches:
//! 1. every piece alone: its map P (a product of its blocks) and what it adds, q: leaving = P
//!    entering + q. A lane has a column of P, or q: m times the arithmetic of the recurrence, so
//!    not for short sequences, where the relay alone is as fast as the bytes;
//! 2. one walk over the pieces: what enters each;
//! 3. the relay over all pieces at once.
//! Gates are read twice. Whether to cut depends on length and block size only, never on the number
//! of chains, on which results must not depend.
#pragma once

#include "kernels/cuda/bdlru_scan.cuh"
#include "kernels/cuda/scan_elements.cuh"

namespace scanyard::kernels::cuda {

inline constexpr std::int64_t cut_length = 16384;
/// Larger blocks take longer to multiply than to walk.
inline constexpr std::int64_t cut_m_max = 6;

inline std::int64_t pieces_of(const ScanShape& shape) {
  if (shape.length < cut_length || shape.m > cut_m_max) return 1;
  const std::int64_t steps = piece_steps_of(shape.m);
  return (shape.length + steps - 1) / steps;
}

struct PieceArgs {
  BdlruArgs scan;
  bool is_backward = false;
  float* maps = nullptr;      ///< [pieces, chains, channels, m + 1 columns, m]; the last is q
  float* entering = nullptr;  ///< [pieces, chains, channels, m]
};

/// Chains of a warp: a power of two, so that their bytes are whole vectors where rows are.
constexpr int piece_chains(int m) {
  int chains = 1;
  while (chains * 2 * (m + 1) <= 32)
    chains *= 2;
  return chains;
}

template <class In, class Out, int M>
struct PieceMap {
  static constexpr int C = M + 1, G = piece_chains(M), S = 4;
  static constexpr int z_item = M * C * int(sizeof(In)), v_item = M * int(sizeof(In));
  static constexpr int h_item = M * int(sizeof(Out));
  /// Second input: v forward, dh backward.
  static constexpr int x_pitch = tile_pitch(G, h_item > v_item ? h_item : v_item);
  static constexpr int z_pitch = tile_pitch(G, z_item), stage_bytes = S * (z_pitch + x_pitch);
  static constexpr int warp_bytes = 2 * stage_bytes + S * G * M * C * int(sizeof(float));

  const PieceArgs& args;
  Team team;
  CopyWay z_way, x_way;
  std::int64_t first_step;
  int steps;
  char* stages;
  float* blocks;  ///< normalised, [step][chain][row][m + 1]; the last column is the input

  SIMT_DEVICE PieceMap(const PieceArgs& a, const Team& t, char* shared)
      : args(a), team(t), stages(shared) {
    const ScanArray& x = a.is_backward ? a.scan.dh : a.scan.v;
    z_way = copy_way(t, a.scan.z.unit_bytes, z_item, G);
    x_way = copy_way(t, x.unit_bytes, a.is_backward ? h_item : v_item, G);
    first_step = simt::block_y() * piece_steps_of(M);
    const std::int64_t left = a.scan.shape.length - first_step;
    steps = static_cast<int>(left < piece_steps_of(M) ? left : piece_steps_of(M));
    blocks = reinterpret_cast<float*>(shared + 2 * stage_bytes);
  }

  SIMT_DEVICE int segments() const { return (steps + S - 1) / S; }
  /// The segment that is walked as the `turn`-th, and its steps.
  SIMT_DEVICE int segment_at(int turn) const {
    return args.is_backward ? segments() - 1 - turn : turn;
  }
  SIMT_DEVICE int steps_at(int turn) const {
    const int left = steps - segment_at(turn) * S;
    return left < S ? left : S;
  }

  SIMT_DEVICE void fetch(int turn, char* stage) const {
    if (turn < segments()) {
      const std::int64_t first = first_step + segment_at(turn) * S;
      const int count = steps_at(turn);
      fetch_tile<G, z_item, S>(args.scan.z, z_way, team, first, count, stage);
      char* const x = stage + S * z_pitch;
      const ScanArray& array = args.is_backward ? args.scan.dh : args.scan.v;
      const int item = args.is_backward ? h_item : v_item;
      fetch_part(array, x_way, team, item, x_pitch, array.data + team_byte(team, item, first),
                 count, x);
    }
    simt::commit_copies();
  }

  /// Normalised rows of a segment, each with its input in the last column.
  SIMT_DEVICE void normalise(const char* stage, int count) const {
    const int z_skew = skew_of(team, args.scan.z.unit_bytes, z_item);
    const int v_skew = skew_of(team, args.scan.v.unit_bytes, v_item);
    const int h_skew = skew_of(team, args.scan.dh.unit_bytes, h_item);
    for (int index = simt::lane_index(); index < count * team.chains * M; index += 32) {
      const int step = index / (team.chains * M), row = index - step * team.chains * M;
      const int chain = row / M, i = row - chain * M;
      const char* const z = stage + step * z_pitch + z_skew + chain * z_item;
      const char* const x = stage + S * z_pitch + step * x_pitch;
      float a[C], scale[1];
      load_run<In, access_unit_of_row>(z + i * C * int(sizeof(In)), a);
      if (args.scan.gate == Gate::softmax)
        normalise_rows<true, true, 1, C>(args.scan.gate, a, scale);
      else
        normalise_rows<false, true, 1, C>(args.scan.gate, a, scale);
      if (args.is_backward)
        a[M] = element<Out>(x + h_skew + chain * h_item, i);
      else
        a[M] *= element<In>(x + v_skew + chain * v_item, i);
      float* const to = blocks + ((step * G + chain) * M + i) * C;
#pragma unroll
      for (int j = 0; j < C; ++j)
        to[j] = a[j];
    }
  }
  /// Rows begin at multiples of their length only.
  static constexpr int access_unit_of_row = C * int(sizeof(In));

  SIMT_DEVICE void run() const {
    const int chain = simt::lane_index() / C, column = simt::lane_index() % C;
    const bool is_used = chain < team.chains && chain < G;
    float y[M];
#pragma unroll
    for (int i = 0; i < M; ++i)
      y[i] = i == column ? 1.f : 0.f;
    fetch(0, stages);
    fetch(1, stages + stage_bytes);
    for (int turn = 0; turn < segments(); ++turn) {
      char* const stage = stages + turn % 2 * stage_bytes;
      simt::wait_copies(1);
      simt::sync_warp();
      const int count = steps_at(turn);
      normalise(stage, count);
      simt::sync_warp();
      fetch(turn + 2, stage);
      for (int k = 0; is_used && k < count; ++k) {
        const int step = args.is_backward ? count - 1 - k : k;
        walk(blocks + (step * G + chain) * M * C, column, y);
      }
      simt::sync_warp();
    }
    if (!is_used) return;
    const std::int64_t chains = args.scan.shape.chains * args.scan.shape.channels;
    const std::int64_t at =
        simt::block_y() * chains + team.sequence * team.channels + team.channel + chain;
#pragma unroll
    for (int i = 0; i < M; ++i)
      args.maps[(at * C + column) * M + i] = y[i];
  }

  /// y <- A y, or A^T y backward; the last column takes the step's input too.
  SIMT_DEVICE void walk(const float* block, int column, float (&y)[M]) const {
    const float with_input = column == M ? 1.f : 0.f;
    float next[M];
    if (args.is_backward) {
#pragma unroll
      for (int i = 0; i < M; ++i)
        y[i] = fmaf(with_input, block[i * C + M], y[i]);
#pragma unroll
      for (int j = 0; j < M; ++j) {
        next[j] = 0;
#pragma unroll
        for (int i = 0; i < M; ++i)
          next[j] = fmaf(block[i * C + j], y[i], next[j]);
      }
    } else {
#pragma unroll
      for (int i = 0; i < M; ++i) {
        next[i] = with_input * block[i * C + M];
#pragma unroll
        for (int j = 0; j < M; ++j)
          next[i] = fmaf(block[i * C + j], y[j], next[i]);
      }
    }
#pragma unroll
    for (int i = 0; i < M; ++i)
      y[i] = next[i];
  }
};

inline constexpr int piece_warps = 4;

template <class In, class Out, int M>
SIMT_KERNEL(32 * piece_warps)
bdlru_piece_kernel(PieceArgs args) {
  using Pass = PieceMap<In, Out, M>;
  const std::int64_t index = std::int64_t(simt::block_x()) * piece_warps + simt::warp_index();
  const std::int64_t chains = args.scan.shape.chains * args.scan.shape.channels;
  if (index * Pass::G >= chains) return;
  const Team team = team_at(index * Pass::G, Pass::G, chains,
                            static_cast<int>(args.scan.shape.channels), args.scan.shape.length);
  Pass(args, team, simt::shared_memory() + simt::warp_index() * Pass::warp_bytes).run();
}

/// What enters every piece, from zeros before the first (after the last). One lane a chain.
template <int M>
SIMT_KERNEL(128)
bdlru_entering_kernel(PieceArgs args) {
  const ScanShape& shape = args.scan.shape;
  const std::int64_t chains = shape.chains * shape.channels;
  const std::int64_t chain =
      (std::int64_t(simt::block_x()) * 4 + simt::warp_index()) * 32 + simt::lane_index();
  if (chain >= chains) return;
  const int pieces = static_cast<int>((shape.length + piece_steps_of(M) - 1) / piece_steps_of(M));
  float state[M] = {};
#pragma unroll 4
  for (int turn = 0; turn < pieces; ++turn) {  // unrolled so that maps are read ahead
    const int piece = args.is_backward ? pieces - 1 - turn : turn;
    const std::int64_t at = piece * chains + chain;
    const float* const map = args.maps + at * (M + 1) * M;
    float next[M];
#pragma unroll
    for (int i = 0; i < M; ++i) {
      args.entering[at * M + i] = state[i];
      next[i] = map[M * M + i];
    }
#pragma unroll
    for (int j = 0; j < M; ++j) {
#pragma unroll
      for (int i = 0; i < M; ++i)
        next[i] = fmaf(map[j * M + i], state[j], next[i]);
    }
#pragma unroll
    for (int i = 0; i < M; ++i)
      state[i] = next[i];
  }
}

/// Floats that `entering` and `maps` take.
inline std::int64_t piece_floats(const ScanShape& shape) {
  const std::int64_t pieces = pieces_of(shape);
  if (pieces == 1) return 0;
  return pieces * shape.chains * shape.channels * shape.m * (shape.m + 2);
}

/// Launches the first two steps; `scan.entering` is where the third finds its states.
template <class In, class Out, int M>
Status launch_pieces(BdlruArgs& scan, bool is_backward, float* workspace, Stream stream) {
  using Pass = PieceMap<In, Out, M>;
  const std::int64_t pieces = pieces_of(scan.shape);
  const std::int64_t chains = scan.shape.chains * scan.shape.channels;
  PieceArgs args;
  args.scan = scan;
  args.is_backward = is_backward;
  args.entering = workspace;
  args.maps = workspace + pieces * chains * M;
  const std::int64_t teams = (chains + Pass::G - 1) / Pass::G;
  const Status status =
      simt::launch(bdlru_piece_kernel<In, Out, M>, (teams + piece_warps - 1) / piece_warps, pieces,
                   32 * piece_warps, piece_warps * Pass::warp_bytes, stream, args);
  if (status != 0) return status;
  scan.entering = workspace;
  scan.piece = piece_steps_of(M);
  return simt::launch(bdlru_entering_kernel<M>, (chains + 127) / 128, 1, 128, 0, stream, args);
}

}  // namespace scanyard::kernels::cuda
