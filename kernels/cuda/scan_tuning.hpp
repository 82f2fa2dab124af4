//! How a scan's launch shares work among warps. No result depends on it, only time does.
#pragma once

namespace scanyard::kernels::cuda {

struct ScanTuning {
  int warps_per_team = 0;   ///< 1..12; 0: chosen by shape
  int teams_per_block = 1;  ///< warps_per_team * teams_per_block <= 12
  int stages = 2;           ///< 1..4: segments that a warp has in shared memory
  int chains_per_team = 32;
};

}  // namespace scanyard::kernels::cuda
