//! What scanyard-train finds in libscanyard_cuda.so. tasks/training/gpu_plugin.hpp is the other
//! side.
#include <c10/cuda/CUDAStream.h>
#include <cuda_runtime.h>
#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "kernels/cuda/launch.hpp"
#include "tasks/cuda/cuda_backend.hpp"
#include "tasks/training/gpu_plugin.hpp"

namespace {

using scanyard::training::GpuPlugin;

std::string version_text(int version) {
  return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

/// What is wrong with the machine as a whole, or nothing.
std::string machine_trouble(int& count) {
  int driver = 0, runtime = 0;
  cudaDriverGetVersion(&driver);
  cudaRuntimeGetVersion(&runtime);
  if (driver == 0) return "no NVIDIA driver is installed";
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status == cudaErrorInsufficientDriver) {
    return fmt::format("the NVIDIA driver is too old: it knows CUDA {}, this build needs {}",
                       version_text(driver), version_text(runtime));
  }
  if (status == cudaErrorNoDevice || (status == cudaSuccess && count == 0))
    return "the driver sees no GPU (CUDA_VISIBLE_DEVICES hides them all?)";
  return status == cudaSuccess ? "" : cudaGetErrorString(status);
}

/// What is wrong with one GPU, or nothing; makes its context.
std::string gpu_trouble(int index, int count, cudaDeviceProp& properties) {
  if (index >= count) {
    return count == 1 ? "there is one GPU, cuda:0"
                      : fmt::format("there are {} GPUs, cuda:0 to cuda:{}", count, count - 1);
  }
  cudaError_t status = cudaGetDeviceProperties(&properties, index);
  if (status == cudaSuccess) status = cudaSetDevice(index);
  // Makes the context now, so that its errors show here and not in the middle of a training.
  if (status == cudaSuccess) status = cudaFree(nullptr);
  if (status != cudaSuccess) return cudaGetErrorString(status);
  const int kernels = scanyard::kernels::cuda::check_architecture();
  if (kernels == cudaErrorNoKernelImageForDevice || kernels == cudaErrorUnsupportedPtxVersion) {
    return fmt::format(
        "{} has compute capability {}.{}, and the plugin holds no code for it (configure with "
        "-DSCANYARD_CUDA_ARCHITECTURES=...)",
        properties.name, properties.major, properties.minor);
  }
  return kernels == 0 ? "" : scanyard::kernels::cuda::describe(kernels);
}

/// Selects the device and describes it. Returns 0, or 1 with what is wrong in `message`.
int select_device(int index, char* name, int name_bytes, long long* memory_bytes, char* message,
                  int message_bytes) {
  cudaDeviceProp properties{};
  int count = 0;
  std::string trouble = machine_trouble(count);
  if (trouble.empty()) trouble = gpu_trouble(index, count, properties);
  if (trouble.empty()) {
    // The default stream cannot be recorded, and waits for every other one.
    const auto place = static_cast<c10::DeviceIndex>(index);
    c10::cuda::setCurrentCUDAStream(c10::cuda::getStreamFromPool(true, place));
  }
  std::snprintf(message, message_bytes, "%s", trouble.c_str());
  std::snprintf(name, name_bytes, "%s", properties.name);
  *memory_bytes = static_cast<long long>(properties.totalGlobalMem);
  return trouble.empty() ? 0 : 1;
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
