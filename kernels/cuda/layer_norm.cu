#include "kernels/cuda/device.cuh"
#include "kernels/cuda/layer_norm.hpp"

namespace scanyard::kernels::cuda {
namespace {

constexpr int warps = 4;
constexpr float eps = 1e-5f;
constexpr std::int64_t chunk_rows = 64;  // rows whose weight gradients one block adds up

__global__ void forward_kernel(NormShape shape, const float* x, const float* w, const float* b,
                               float* y, float* mean, float* rstd) {
  const std::int64_t row = std::int64_t(blockIdx.x) * warps + threadIdx.y;
  if (row >= shape.replicas * shape.tokens) return;
  const std::int64_t d = shape.features, r = row / shape.tokens;
  const float* in = x + row * d;
  float sum = 0;
  for (std::int64_t i = threadIdx.x; i < d; i += 32)
    sum += in[i];
  const float mu = warp_sum(sum) / static_cast<float>(d);
  float squares = 0;
  for (std::int64_t i = threadIdx.x; i < d; i += 32)
    squares += (in[i] - mu) * (in[i] - mu);
  const float scale = rsqrtf(warp_sum(squares) / static_cast<float>(d) + eps);
  for (std::int64_t i = threadIdx.x; i < d; i += 32) {
    y[row * d + i] = (in[i] - mu) * scale * w[r * d + i] + b[r * d + i];
  }
  if (threadIdx.x == 0) {
    mean[row] = mu;
    rstd[row] = scale;
  }
}

__global__ void input_gradient_kernel(NormShape shape, const float* dy, const float* x,
                                      const float* mean, const float* rstd, const float* w,
                                      float* dx) {
  const std::int64_t row = std::int64_t(blockIdx.x) * warps + threadIdx.y;
  if (row >= shape.replicas * shape.tokens) return;
  const std::int64_t d = shape.features, r = row / shape.tokens;
  const float mu = mean[row], scale = rstd[row];
  float sum = 0, weighted = 0;
  for (std::int64_t i = threadIdx.x; i < d; i += 32) {
    const float g = dy[row * d + i] * w[r * d + i];
    sum += g;
    weighted += g * (x[row * d + i] - mu) * scale;
  }
  sum = warp_sum(sum) / static_cast<float>(d);
  weighted = warp_sum(weighted) / static_cast<float>(d);
  for (std::int64_t i = threadIdx.x; i < d; i += 32) {
    const float g = dy[row * d + i] * w[r * d + i];
    dx[row * d + i] += scale * (g - sum - (x[row * d + i] - mu) * scale * weighted);
  }
}

std::int64_t chunks_of(const NormShape& shape) {
  return (shape.tokens + chunk_rows - 1) / chunk_rows;
}

/// partial [R, chunks, 2, d].
__global__ void partial_weight_kernel(NormShape shape, std::int64_t chunks, const float* dy,
                                      const float* x, const float* mean, const float* rstd,
                                      float* partial) {
  const std::int64_t r = blockIdx.y, chunk = blockIdx.x, d = shape.features;
  const std::int64_t first = chunk * chunk_rows;
  const std::int64_t last = first + chunk_rows < shape.tokens ? first + chunk_rows : shape.tokens;
  for (std::int64_t i = threadIdx.x; i < d; i += blockDim.x) {
    float weight = 0, bias = 0;
    for (std::int64_t n = first; n < last; ++n) {
      const std::int64_t row = r * shape.tokens + n;
      weight += dy[row * d + i] * (x[row * d + i] - mean[row]) * rstd[row];
      bias += dy[row * d + i];
    }
    partial[((r * chunks + chunk) * 2) * d + i] = weight;
    partial[((r * chunks + chunk) * 2 + 1) * d + i] = bias;
  }
}

__global__ void sum_weight_kernel(NormShape shape, std::int64_t chunks, const float* partial,
                                  float* dw, float* db) {
  const std::int64_t item = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x, d = shape.features;
  if (item >= shape.replicas * d) return;
  const std::int64_t r = item / d, i = item % d;
  float weight = 0, bias = 0;
  for (std::int64_t c = 0; c < chunks; ++c) {
    weight += partial[((r * chunks + c) * 2) * d + i];
    bias += partial[((r * chunks + c) * 2 + 1) * d + i];
  }
  dw[item] = weight;
  db[item] = bias;
}

}  // namespace

Status layer_norm_forward(const NormShape& shape, const float* x, const float* w, const float* b,
                          float* y, float* mean, float* rstd, Stream stream) {
  const unsigned blocks = blocks_for(shape.replicas * shape.tokens, warps);
  if (blocks == 0) return cudaSuccess;
  forward_kernel<<<blocks, dim3(32, warps), 0, stream>>>(shape, x, w, b, y, mean, rstd);
  return cudaGetLastError();
}

std::int64_t layer_norm_workspace(const NormShape& shape) {
  return shape.replicas * chunks_of(shape) * 2 * shape.features;
}

Status layer_norm_backward(const NormShape& shape, const float* dy, const float* x,
                           const float* mean, const float* rstd, const float* w, float* dx,
                           float* dw, float* db, float* workspace, Stream stream) {
  const unsigned blocks = blocks_for(shape.replicas * shape.tokens, warps);
  if (blocks == 0) return cudaSuccess;
  const std::int64_t chunks = chunks_of(shape);
  input_gradient_kernel<<<blocks, dim3(32, warps), 0, stream>>>(shape, dy, x, mean, rstd, w, dx);
  const dim3 grid(static_cast<unsigned>(chunks), static_cast<unsigned>(shape.replicas));
  partial_weight_kernel<<<grid, 128, 0, stream>>>(shape, chunks, dy, x, mean, rstd, workspace);
  sum_weight_kernel<<<blocks_for(shape.replicas * shape.features, 128), 128, 0, stream>>>(
      shape, chunks, workspace, dw, db);
  return cudaGetLastError();
}

}  // namespace scanyard::kernels::cuda
