#include "kernels/cuda/hlru_launch.cuh"

namespace scanyard::kernels::cuda {

SCANYARD_HLRU_SCAN(Bf16, float);

}  // namespace scanyard::kernels::cuda
