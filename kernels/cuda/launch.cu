#include <cuda_runtime.h>

#include "kernels/cuda/launch.hpp"

namespace scanyard::kernels::cuda {
namespace {

__global__ void empty_kernel() {}

}  // namespace

const char* describe(Status status) {
  return cudaGetErrorString(static_cast<cudaError_t>(status));
}

Status check_architecture() {
  cudaFuncAttributes attributes;
  const cudaError_t status = cudaFuncGetAttributes(&attributes, empty_kernel);
  cudaGetLastError();  // the answer is returned; nobody else shall find it later
  return status;
}

}  // namespace scanyard::kernels::cuda
