#include "kernels/cuda/adamw.hpp"
#include "kernels/cuda/vectors.cuh"

namespace scanyard::kernels::cuda {
namespace {

constexpr int threads = 256;
constexpr int width = 4;

__global__ void __launch_bounds__(threads)
    adamw_kernel(std::int64_t parameters, const AdamwRow* rows, const std::int32_t* slot,
                 AdamwArrays arrays) {
  const std::int64_t i = (std::int64_t(blockIdx.x) * threads + threadIdx.x) * width;
  if (i >= parameters) return;
  const std::int64_t r = blockIdx.y, at = r * parameters + i;
  const std::int64_t step = slot ? slot[r] - 1 : 0;
  const AdamwRow s = rows[step * gridDim.y + r];
  float g[width], p[width], m[width], v[width];
  load_vector<width>(arrays.gradients + at, g);
  load_vector<width>(arrays.values + at, p);
  load_vector<width>(arrays.first_moments + at, m);
  load_vector<width>(arrays.second_moments + at, v);
#pragma unroll
  for (int k = 0; k < width; ++k) {
    m[k] = m[k] + s.one_minus_beta1 * (g[k] - m[k]);
    v[k] = v[k] * s.beta2 + (s.one_minus_beta2 * g[k]) * g[k];
    const float divisor = sqrtf(v[k]) / s.root_correction + s.eps;
    p[k] = p[k] * s.keep + (s.negative_step * m[k]) / divisor;
  }
  store_vector<width>(arrays.values + at, p);
  store_vector<width>(arrays.first_moments + at, m);
  store_vector<width>(arrays.second_moments + at, v);
  if (arrays.factors) store_vector<width>(arrays.factors + at, p);
}

}  // namespace

Status adamw_step(std::int64_t replicas, std::int64_t parameters, const AdamwRow* rows,
                  const std::int32_t* slot, const AdamwArrays& arrays, Stream stream) {
  if (replicas * parameters == 0) return cudaSuccess;
  if (parameters % width != 0) return cudaErrorInvalidValue;
  const dim3 grid(blocks_for(parameters, threads * width), static_cast<unsigned>(replicas));
  adamw_kernel<<<grid, threads, 0, stream>>>(parameters, rows, slot, arrays);
  return cudaGetLastError();
}

}  // namespace scanyard::kernels::cuda
