#include "kernels/cuda/hlru_launch.cuh"

namespace scanyard::kernels::cuda {

SCANYARD_HLRU_SCAN(Bf16, Bf16);

}  // namespace scanyard::kernels::cuda
