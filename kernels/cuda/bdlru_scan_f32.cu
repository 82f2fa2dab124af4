#include "kernels/cuda/bdlru_launch.cuh"

namespace scanyard::kernels::cuda {

SCANYARD_BDLRU_SCAN(float, float);

}  // namespace scanyard::kernels::cuda
