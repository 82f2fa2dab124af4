#include <cuda_runtime.h>

#include "kernels/cuda/launch.hpp"

namespace scanyard::kernels::cuda {

const char* describe(Status status) {
  return cudaGetErrorString(static_cast<cudaError_t>(status));
}

}  // namespace scanyard::kernels::cuda
