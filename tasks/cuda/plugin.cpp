//! What scanyard-train finds in libscanyard_cuda.so. tasks/training/gpu_plugin.hpp is the other
//! side.
#include <cuda_runtime.h>

#include <cstdio>

#include "tasks/cuda/cuda_backend.hpp"
#include "tasks/training/gpu_plugin.hpp"

namespace {

using scanyard::training::GpuPlugin;

/// Selects the device and describes it. Returns 0, or a CUDA error with its text in `message`.
int select_device(int index, char* name, int name_bytes, long long* memory_bytes, char* message,
                  int message_bytes) {
  cudaDeviceProp properties{};
  int count = 0;
  cudaError_t status = cudaGetDeviceCount(&count);
  if (status == cudaSuccess && index >= count) status = cudaErrorInvalidDevice;
  if (status == cudaSuccess) status = cudaSetDevice(index);
  if (status == cudaSuccess) status = cudaGetDeviceProperties(&properties, index);
  // Makes the context now, so that its errors show here and not in the middle of a training.
  if (status == cudaSuccess) status = cudaFree(nullptr);
  std::snprintf(message, message_bytes, "%s",
                status == cudaSuccess ? "" : cudaGetErrorString(status));
  std::snprintf(name, name_bytes, "%s", properties.name);
  *memory_bytes = static_cast<long long>(properties.totalGlobalMem);
  return status;
}

scanyard::models::Backend* backend() {
  static scanyard::cuda::CudaBackend instance;
  return &instance;
}

const GpuPlugin plugin{scanyard::training::gpu_plugin_version, &select_device, &backend};

}  // namespace

extern "C" __attribute__((visibility("default"))) const GpuPlugin* scanyard_gpu_plugin() {
  return &plugin;
}
