#include "kernels/cuda/hlru_launch.cuh"

namespace scanyard::kernels::cuda {

SCANYARD_HLRU_SCAN(float, float);

}  // namespace scanyard::kernels::cuda
