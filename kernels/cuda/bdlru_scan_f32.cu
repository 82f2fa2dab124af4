#include "kernels/cuda/bdlru_launch.cuh"

namespace scanyard::kernels::cuda {

SCANYARD_BDLRU_SCAN(float, float);

std::int64_t bdlru_scan_workspace(const ScanShape& shape) {
  return piece_floats(shape);
}

}  // namespace scanyard::kernels::cuda
