//! How BD-LRU's GPU kernels share the work of one block size: kernels/cuda/bdlru_scan.cuh says why.
#pragma once

namespace scanyard::kernels::cuda {

/// Largest block size with kernels of its own.
inline constexpr int bdlru_relay_m_max = 16;

struct BdlruPlan {
  int rows = 1;           ///< of the block, in one lane
  int lanes = 1;          ///< of a block: a power of two; the last ones may have no rows
  int forward_steps = 1;  ///< of a segment: how many steps' coefficients a lane keeps in registers
  int backward_steps = 1;
};

constexpr int lanes_for(int m, int rows) {
  int lanes = 1;
  while (lanes * rows < m)
    lanes *= 2;
  return lanes;
}

/// A lane holds whole rows, and its rows begin at a whole word also in bfloat16: rows are even
/// where m is. Small odd blocks lie in one lane. Coefficients of a segment take rows * (m + 1) *
/// steps registers.
constexpr BdlruPlan bdlru_plan(int m, int in_bytes) {
  const bool is_wide = in_bytes == 4;  // whose addresses and words take registers too
  switch (m) {
    case 1:
      return {1, 1, 16, 16};
    case 2:
      return {2, 1, is_wide ? 8 : 12, is_wide ? 4 : 8};
    case 3:
      return {3, 1, 4, 4};
    case 4:
      return {2, 2, 8, 4};
    case 5:
      return {5, 1, 2, 2};
    case 6:
      return {6, 1, 2, 1};
    case 7:
      return {1, 8, 8, 4};
    case 8:
      return {4, 2, 2, 1};
    case 9:
      return {3, 4, 2, 2};
    case 11:
    case 13:
    case 15:
      return {1, 16, 4, 2};
    default:
      return {2, lanes_for(m, 2), 2, 1};
  }
}

}  // namespace scanyard::kernels::cuda
