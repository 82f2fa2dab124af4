#include "kernels/cuda/bdlru_launch.cuh"

namespace scanyard::kernels::cuda {

SCANYARD_BDLRU_SCAN(Bf16, float);

}  // namespace scanyard::kernels::cuda
