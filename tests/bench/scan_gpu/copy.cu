//! A plain copy by all multiprocessors: what memory gives a kernel. (cudaMemcpy may use a copy
//! engine, which is slower.)
#include <cuda_runtime.h>

#include <algorithm>

#include "tests/bench/scan_gpu/timing.hpp"

namespace scanyard::kernels::bench {
namespace {

__global__ void copy_kernel(const uint4* from, uint4* to, std::size_t count) {
  constexpr std::size_t unroll = 4;
  const std::size_t stride = std::size_t(gridDim.x) * blockDim.x;
  std::size_t i = std::size_t(blockIdx.x) * blockDim.x + threadIdx.x;
  for (; i + (unroll - 1) * stride < count; i += unroll * stride) {
    uint4 words[unroll];
#pragma unroll
    for (std::size_t k = 0; k < unroll; ++k)
      words[k] = from[i + k * stride];
#pragma unroll
    for (std::size_t k = 0; k < unroll; ++k)
      to[i + k * stride] = words[k];
  }
  for (; i < count; i += stride)
    to[i] = from[i];
}

}  // namespace

double kernel_copy_bandwidth() {
  constexpr std::size_t bytes = std::size_t(4) << 30;
  const test::DeviceBytes from(bytes), to(bytes);
  fill_random(from.data(), bytes, 4);
  double best = 0;
  for (const unsigned blocks : {132u * 2, 132u * 4, 132u * 8, 132u * 32}) {
    const double ms = time_calls({[&](cudaStream_t stream) {
                                   copy_kernel<<<blocks, 512, 0, stream>>>(
                                       reinterpret_cast<const uint4*>(from.data()),
                                       reinterpret_cast<uint4*>(to.data()), bytes / 16);
                                 }},
                                 9);
    best = std::max(best, 2 * double(bytes) / ms * 1e3);
  }
  return best;
}

}  // namespace scanyard::kernels::bench
