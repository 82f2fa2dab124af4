#include "kernels/cuda/layer_norm.hpp"
#include "kernels/cuda/vectors.cuh"

namespace scanyard::kernels::cuda {
namespace {

constexpr int warps = 8;
constexpr float eps = 1e-5f;
/// Rows whose weight gradients one block adds up; decides the order of sums, so it stays as it is.
constexpr int chunk_rows = 32;

/// Part p of a row in this lane: `Width` features from feature(p) on, Parts parts a lane.
template <int Width>
__device__ int feature(int part) {
  return (part * 32 + static_cast<int>(threadIdx.x)) * Width;
}

template <class Factor, int Width, int Parts>
__global__ void __launch_bounds__(32 * warps)
    forward_kernel(NormShape shape, const float* x, const float* w, const float* b, Factor* y,
                   float* mean, float* rstd) {
  const std::int64_t row = std::int64_t(blockIdx.x) * warps + threadIdx.y;
  if (row >= shape.replicas * shape.tokens) return;
  const int d = static_cast<int>(shape.features);
  const std::int64_t r = row / shape.tokens;
  float in[Parts][Width];
  float sum = 0;
#pragma unroll
  for (int p = 0; p < Parts; ++p) {
    if (feature<Width>(p) >= d) continue;
    load_vector<Width>(x + row * d + feature<Width>(p), in[p]);
    for (int i = 0; i < Width; ++i)
      sum += in[p][i];
  }
  const float mu = warp_sum(sum) / static_cast<float>(d);
  float squares = 0;
#pragma unroll
  for (int p = 0; p < Parts; ++p) {
    if (feature<Width>(p) >= d) continue;
    for (int i = 0; i < Width; ++i)
      squares += (in[p][i] - mu) * (in[p][i] - mu);
  }
  const float scale = rsqrtf(warp_sum(squares) / static_cast<float>(d) + eps);
#pragma unroll
  for (int p = 0; p < Parts; ++p) {
    const int at = feature<Width>(p);
    if (at >= d) continue;
    float weight[Width], bias[Width];
    load_vector<Width>(w + r * shape.stride + at, weight);
    load_vector<Width>(b + r * shape.stride + at, bias);
    for (int i = 0; i < Width; ++i)
      in[p][i] = (in[p][i] - mu) * scale * weight[i] + bias[i];
    store_vector<Width>(y + row * d + at, in[p]);
  }
  if (threadIdx.x == 0) {
    mean[row] = mu;
    rstd[row] = scale;
  }
}

/// Adds up the chunks' shares [chunks, 2, d] of one replica, in order.
__device__ void sum_chunks(const NormShape& shape, std::int64_t r, int chunks, const float* partial,
                           float* dw, float* db) {
  const int d = static_cast<int>(shape.features);
  for (int i = threadIdx.y * 32 + threadIdx.x; i < 2 * d; i += 32 * warps) {
    float sum = 0;
    const float* share = partial + r * chunks * 2 * d + i;
#pragma unroll 8
    for (int c = 0; c < chunks; ++c)
      sum += share[std::int64_t(c) * 2 * d];
    (i < d ? dw : db)[r * shape.stride + i % d] = sum;
  }
}

/// Block (chunk, replica). Each warp takes every eighth row of the chunk; shares of the warps meet
/// in shared memory [warps, 2, d].
template <class Factor, int Width, int Parts>
__global__ void __launch_bounds__(32 * warps)
    backward_kernel(NormShape shape, const float* x, const float* mean, const float* rstd,
                    const float* w, NormGradients<Factor> to) {
  extern __shared__ float shares[];
  const int d = static_cast<int>(shape.features);
  const std::int64_t r = blockIdx.y;
  const int first = static_cast<int>(blockIdx.x) * chunk_rows;
  const int last = min(first + chunk_rows, static_cast<int>(shape.tokens));
  float weight[Parts][Width], dw[Parts][Width] = {}, db[Parts][Width] = {};
#pragma unroll
  for (int p = 0; p < Parts; ++p) {
    if (feature<Width>(p) < d)
      load_vector<Width>(w + r * shape.stride + feature<Width>(p), weight[p]);
  }
  for (int n = first + static_cast<int>(threadIdx.y); n < last; n += warps) {
    const std::int64_t row = r * shape.tokens + n;
    const float mu = mean[row], scale = rstd[row];
    float g[Parts][Width], normed[Parts][Width];
    float sum = 0, weighted = 0;
#pragma unroll
    for (int p = 0; p < Parts; ++p) {
      if (feature<Width>(p) >= d) continue;
      load_vector<Width>(to.dy + row * d + feature<Width>(p), g[p]);
      load_vector<Width>(x + row * d + feature<Width>(p), normed[p]);
      for (int i = 0; i < Width; ++i) {
        normed[p][i] = (normed[p][i] - mu) * scale;
        dw[p][i] += g[p][i] * normed[p][i];
        db[p][i] += g[p][i];
        g[p][i] *= weight[p][i];
        sum += g[p][i];
        weighted += g[p][i] * normed[p][i];
      }
    }
    sum = warp_sum(sum) / static_cast<float>(d);
    weighted = warp_sum(weighted) / static_cast<float>(d);
#pragma unroll
    for (int p = 0; p < Parts; ++p) {
      const int at = feature<Width>(p);
      if (at >= d) continue;
      float before[Width] = {};
      if (to.residual) load_vector<Width>(to.residual + row * d + at, before);
      for (int i = 0; i < Width; ++i)
        before[i] += scale * (g[p][i] - sum - normed[p][i] * weighted);
      store_vector<Width>(to.dx + row * d + at, before);
      if (to.dx_factor) store_vector<Width>(to.dx_factor + row * d + at, before);
    }
  }
#pragma unroll
  for (int p = 0; p < Parts; ++p) {
    const int at = feature<Width>(p);
    if (at >= d) continue;
    for (int i = 0; i < Width; ++i) {
      shares[(threadIdx.y * 2) * d + at + i] = dw[p][i];
      shares[(threadIdx.y * 2 + 1) * d + at + i] = db[p][i];
    }
  }
  __syncthreads();
  float* const partial = to.workspace + (r * gridDim.x + blockIdx.x) * 2 * d;
  for (int i = threadIdx.y * 32 + threadIdx.x; i < 2 * d; i += 32 * warps) {
    float sum = 0;
    for (int k = 0; k < warps; ++k)
      sum += shares[k * 2 * d + i];
    partial[i] = sum;
  }
  if (is_last_block(to.counters + r, gridDim.x))
    sum_chunks(shape, r, static_cast<int>(gridDim.x), to.workspace, to.dw, to.db);
}

unsigned chunks_of(const NormShape& shape) {
  return blocks_for(shape.tokens, chunk_rows);
}

/// Calls launch.template operator()<Width, Parts>() for this many features.
template <class Launch>
Status with_parts(const NormShape& shape, const Launch& launch) {
  const std::int64_t d = shape.features;
  const bool wide = d % 4 == 0 && shape.stride % 4 == 0;
  const std::int64_t parts = (d + (wide ? 128 : 32) - 1) / (wide ? 128 : 32);
  if (wide && parts <= 1) return launch.template operator()<4, 1>();
  if (wide && parts <= 2) return launch.template operator()<4, 2>();
  if (wide && parts <= 8) return launch.template operator()<4, 8>();
  if (!wide && parts <= 8) return launch.template operator()<1, 8>();
  return cudaErrorInvalidValue;  // norm_features_max says what fits
}

}  // namespace

template <class Factor>
Status layer_norm_forward(const NormShape& shape, const float* x, const float* w, const float* b,
                          Factor* y, float* mean, float* rstd, Stream stream) {
  const unsigned blocks = blocks_for(shape.replicas * shape.tokens, warps);
  if (blocks == 0) return cudaSuccess;
  return with_parts(shape, [&]<int Width, int Parts>() -> Status {
    forward_kernel<Factor, Width, Parts>
        <<<blocks, dim3(32, warps), 0, stream>>>(shape, x, w, b, y, mean, rstd);
    return cudaGetLastError();
  });
}

std::int64_t layer_norm_workspace(const NormShape& shape) {
  return shape.replicas * chunks_of(shape) * 2 * shape.features;
}

template <class Factor>
Status layer_norm_backward(const NormShape& shape, const float* x, const float* mean,
                           const float* rstd, const float* w, const NormGradients<Factor>& to,
                           Stream stream) {
  if (shape.replicas * shape.tokens == 0) return cudaSuccess;
  const dim3 grid(chunks_of(shape), static_cast<unsigned>(shape.replicas));
  const auto shared = static_cast<std::size_t>(warps * 2 * shape.features) * sizeof(float);
  return with_parts(shape, [&]<int Width, int Parts>() -> Status {
    const auto kernel = backward_kernel<Factor, Width, Parts>;
    if (shared > 48 * 1024) {
      cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                           static_cast<int>(shared));
    }
    kernel<<<grid, dim3(32, warps), shared, stream>>>(shape, x, mean, rstd, w, to);
    return cudaGetLastError();
  });
}

template Status layer_norm_forward(const NormShape&, const float*, const float*, const float*,
                                   float*, float*, float*, Stream);
template Status layer_norm_forward(const NormShape&, const float*, const float*, const float*,
                                   Bf16*, float*, float*, Stream);
template Status layer_norm_backward(const NormShape&, const float*, const float*, const float*,
                                    const float*, const NormGradients<float>&, Stream);
template Status layer_norm_backward(const NormShape&, const float*, const float*, const float*,
                                    const float*, const NormGradients<Bf16>&, Stream);

}  // namespace scanyard::kernels::cuda
