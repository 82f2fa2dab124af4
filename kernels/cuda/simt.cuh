//! What the scan kernels ask of a GPU, by plain names: lanes, shuffles, barriers between warps,
//! asynchronous copies, launches. The kernels use nothing else of CUDA, so that the same source
//! also runs on a CPU, lane by lane, where there is no GPU: tests/kernels/simt/emulator.hpp defines
//! SCANYARD_SIMT_PROVIDED and brings these names itself.
#pragma once

#ifndef SCANYARD_SIMT_PROVIDED

#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include <cstdint>

#include "kernels/cuda/launch.hpp"

#define SIMT_DEVICE __device__ __forceinline__
#define SIMT_BOTH __host__ __device__
#define SIMT_KERNEL(threads) __global__ void __launch_bounds__(threads)

namespace scanyard::kernels::cuda::simt {

/// Words that one instruction moves.
using Vector16 = uint4;
using Vector8 = uint2;

SIMT_DEVICE int lane_index() {
  return static_cast<int>(threadIdx.x & 31);
}
SIMT_DEVICE int warp_index() {
  return static_cast<int>(threadIdx.x >> 5);
}
SIMT_DEVICE int block_x() {
  return static_cast<int>(blockIdx.x);
}
SIMT_DEVICE int block_y() {
  return static_cast<int>(blockIdx.y);
}

SIMT_DEVICE float shuffle(float value, int source_lane) {
  return __shfl_sync(0xffffffffu, value, source_lane);
}
SIMT_DEVICE float shuffle_xor(float value, int mask) {
  return __shfl_xor_sync(0xffffffffu, value, mask);
}
SIMT_DEVICE void sync_warp() {
  __syncwarp();
}

/// Waits until `threads` threads have come to barrier `id` (0..15), here or by barrier_arrive.
/// What they wrote to shared memory before is visible afterwards. All lanes of a warp call it.
SIMT_DEVICE void barrier_sync(int id, int threads) {
  asm volatile("bar.sync %0, %1;" ::"r"(id), "r"(threads) : "memory");
}
SIMT_DEVICE void barrier_arrive(int id, int threads) {
  asm volatile("bar.arrive %0, %1;" ::"r"(id), "r"(threads) : "memory");
}

/// Starts copying V = 4 or 16 bytes, aligned to V, from global to shared memory.
template <int V>
SIMT_DEVICE void copy_async(char* shared, const char* global) {
  const auto to = static_cast<std::uint32_t>(__cvta_generic_to_shared(shared));
  if constexpr (V == 16)
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(to), "l"(global) : "memory");
  else
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(to), "l"(global) : "memory");
}
/// Ends this thread's group of copies. Groups may be empty.
SIMT_DEVICE void commit_copies() {
  asm volatile("cp.async.commit_group;" ::: "memory");
}
/// Waits until at most `pending` (0..3) of this thread's youngest groups are under way.
SIMT_DEVICE void wait_copies(int pending) {
  if (pending <= 0)
    asm volatile("cp.async.wait_group 0;" ::: "memory");
  else if (pending == 1)
    asm volatile("cp.async.wait_group 1;" ::: "memory");
  else if (pending == 2)
    asm volatile("cp.async.wait_group 2;" ::: "memory");
  else
    asm volatile("cp.async.wait_group 3;" ::: "memory");
}

SIMT_DEVICE float exp2_fast(float x) {
  float y;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}
SIMT_DEVICE float reciprocal(float x) {
  float y;  // The exactly rounded one branches, which would part the arithmetic of steps.
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}
/// Two floats rounded to the nearest bfloat16, `low` in the lower half.
SIMT_DEVICE std::uint32_t pack_bf16(float low, float high) {
  std::uint32_t packed;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(packed) : "f"(high), "f"(low));
  return packed;
}
SIMT_DEVICE float float_of_bits(std::uint32_t bits) {
  return __uint_as_float(bits);
}
SIMT_DEVICE std::uint32_t bits_of_float(float value) {
  return __float_as_uint(value);
}

/// The block's dynamic shared memory, aligned to 16 bytes.
SIMT_DEVICE char* shared_memory() {
  extern __shared__ uint4 memory[];
  return reinterpret_cast<char*>(memory);
}

inline constexpr Status invalid_value = cudaErrorInvalidValue;

/// Of the current device; 0 where there is none.
inline int multiprocessors() {
  int device = 0, count = 0;
  if (cudaGetDevice(&device) != cudaSuccess) return 0;
  cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, device);
  return count;
}

/// Launches kernel(args) on a grid of grid_x x grid_y blocks.
template <class Args>
Status launch(void (*kernel)(Args), std::int64_t grid_x, std::int64_t grid_y, int threads,
              int shared_bytes, Stream stream, const Args& args) {
  if (shared_bytes > 48 * 1024) {
    const cudaError_t status =
        cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shared_bytes);
    if (status != cudaSuccess) return status;
  }
  const dim3 grid(static_cast<unsigned>(grid_x), static_cast<unsigned>(grid_y));
  kernel<<<grid, static_cast<unsigned>(threads), static_cast<std::size_t>(shared_bytes), stream>>>(
      args);
  return cudaGetLastError();
}

}  // namespace scanyard::kernels::cuda::simt

#endif
