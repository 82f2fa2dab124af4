#include "kernels/cuda/bdlru_launch.cuh"

namespace scanyard::kernels::cuda {

SCANYARD_BDLRU_SCAN(Bf16, Bf16);

}  // namespace scanyard::kernels::cuda
