//! Several elements in one load or store, and the "last block" of a replica that adds up what the
//! others left.
#pragma once

#include "kernels/cuda/device.cuh"

namespace scanyard::kernels::cuda {

template <class T, int N>
struct alignas(sizeof(T) * N) Vector {
  T item[N];
};

/// p is aligned to the whole vector.
template <int N, class T>
__device__ inline void load_vector(const T* p, float (&out)[N]) {
  const auto raw = *reinterpret_cast<const Vector<T, N>*>(p);
#pragma unroll
  for (int i = 0; i < N; ++i)
    out[i] = load(&raw.item[i]);
}

template <int N, class T>
__device__ inline void store_vector(T* p, const float (&in)[N]) {
  Vector<T, N> raw;
#pragma unroll
  for (int i = 0; i < N; ++i)
    store(&raw.item[i], in[i]);
  *reinterpret_cast<Vector<T, N>*>(p) = raw;
}

/// Called by all threads of a block after their partial results of a replica were written: true in
/// the block that comes last, which then sees the results of all. Who is last is chance; what it
/// adds, and in which order, must not be. `counter` is 0 before and after.
__device__ inline bool is_last_block(unsigned* counter, unsigned blocks) {
  __shared__ bool last;
  __threadfence();
  __syncthreads();
  if (threadIdx.x == 0 && threadIdx.y == 0) {
    last = atomicAdd(counter, 1u) == blocks - 1;
    if (last) *counter = 0;
  }
  __syncthreads();
  if (last) __threadfence();
  return last;
}

}  // namespace scanyard::kernels::cuda
