#include <cuda_runtime.h>

#include <cstdio>
#include <cstdlib>

#include "tests/kernels/scan_gpu/device.hpp"

namespace scanyard::kernels::test {
namespace {

void require(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  std::fprintf(stderr, "%s failed: %s\n", what, cudaGetErrorString(status));
  std::exit(1);
}

}  // namespace

DeviceState device_state() {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status != cudaSuccess || count == 0) return {false, cudaGetErrorString(status)};
  cudaDeviceProp properties{};
  require(cudaGetDeviceProperties(&properties, 0), "reading the device's properties");
  return {true, std::string(properties.name) + ", " +
                    std::to_string(properties.multiProcessorCount) + " multiprocessors"};
}

DeviceBytes::DeviceBytes(std::size_t count) : size_(count) {
  void* memory = nullptr;
  require(cudaMalloc(&memory, count > 0 ? count : 1), "allocating device memory");
  data_ = static_cast<char*>(memory);
}

DeviceBytes::~DeviceBytes() {
  cudaFree(data_);
}

void copy_to_device(char* to, const void* from, std::size_t count) {
  require(cudaMemcpy(to, from, count, cudaMemcpyHostToDevice), "copying to the device");
}

void copy_from_device(void* to, const char* from, std::size_t count) {
  require(cudaMemcpy(to, from, count, cudaMemcpyDeviceToHost), "copying from the device");
}

std::string finish_device() {
  const cudaError_t status = cudaDeviceSynchronize();
  return status == cudaSuccess ? "" : cudaGetErrorString(status);
}

}  // namespace scanyard::kernels::test
