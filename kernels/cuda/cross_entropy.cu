#include "kernels/cross_entropy.hpp"
#include "kernels/cuda/cross_entropy.hpp"
#include "kernels/cuda/device.cuh"

namespace scanyard::kernels::cuda {
namespace {

constexpr int warps = 4;
using Count = unsigned long long;  // what atomicAdd() knows; the same bits as int64 for counts

__device__ void add(std::int64_t* count) {
  atomicAdd(reinterpret_cast<Count*>(count), Count(1));
}

__global__ void count_scored_kernel(CrossEntropyShape shape, const std::int32_t* targets,
                                    std::int64_t* scored) {
  const std::int64_t item = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (item >= shape.replicas * shape.tokens || targets[item] == ignored_target) return;
  add(scored + item / shape.tokens);
}

/// A candidate for the largest logit: NaN counts as the largest, the first of equals wins.
struct Largest {
  float value;
  int index;
};
__device__ bool beats(const Largest& a, const Largest& b) {
  const bool nan_a = a.value != a.value, nan_b = b.value != b.value;
  if (nan_a != nan_b) return nan_a;
  if (!nan_a && a.value != b.value) return a.value > b.value;
  return a.index < b.index;
}
__device__ Largest warp_largest(Largest mine) {
  for (int offset = 16; offset > 0; offset /= 2) {
    const Largest other{__shfl_xor_sync(0xffffffffu, mine.value, offset),
                        __shfl_xor_sync(0xffffffffu, mine.index, offset)};
    if (beats(other, mine)) mine = other;
  }
  return mine;
}

__global__ void position_kernel(CrossEntropyShape shape, float* logits, const std::int32_t* targets,
                                bool gradient, CrossEntropyScores scores, float* losses) {
  const std::int64_t position = std::int64_t(blockIdx.x) * warps + threadIdx.y;
  if (position >= shape.replicas * shape.tokens) return;
  const std::int64_t r = position / shape.tokens, classes = shape.classes;
  float* row = logits + position * classes;
  const int target = targets[position];
  if (target == ignored_target) {
    if (threadIdx.x == 0) losses[position] = 0;
    if (gradient) {
      for (std::int64_t c = threadIdx.x; c < classes; c += 32)
        row[c] = 0;
    }
    return;
  }
  Largest best{-INFINITY, static_cast<int>(classes)};
  for (std::int64_t c = threadIdx.x; c < classes; c += 32) {
    const Largest here{row[c], static_cast<int>(c)};
    if (beats(here, best)) best = here;
  }
  best = warp_largest(best);
  float sum = 0;
  for (std::int64_t c = threadIdx.x; c < classes; c += 32)
    sum += expf(row[c] - best.value);
  sum = warp_sum(sum);
  if (threadIdx.x == 0) {
    losses[position] = logf(sum) + best.value - row[target];
    std::int64_t* counts = scores.counts + r * 3 * classes;
    if (best.index == target) {
      add(scores.right + r);
      add(counts + target);
    } else {
      add(counts + classes + target);
      add(counts + 2 * classes + best.index);
    }
  }
  __syncwarp();
  if (!gradient) return;
  const float scale = 1.f / static_cast<float>(scores.scored[r]);
  for (std::int64_t c = threadIdx.x; c < classes; c += 32) {
    row[c] = (expf(row[c] - best.value) / sum - (c == target ? 1.f : 0.f)) * scale;
  }
}

/// One block a replica: every thread sums its stride in order, then a fixed tree.
__global__ void sum_losses_kernel(CrossEntropyShape shape, const float* losses, double* loss_sum) {
  __shared__ double partial[256];
  double sum = 0;
  for (std::int64_t n = threadIdx.x; n < shape.tokens; n += 256)
    sum += losses[blockIdx.x * shape.tokens + n];
  partial[threadIdx.x] = sum;
  __syncthreads();
  for (int half = 128; half > 0; half /= 2) {
    if (threadIdx.x < half) partial[threadIdx.x] += partial[threadIdx.x + half];
    __syncthreads();
  }
  if (threadIdx.x == 0) loss_sum[blockIdx.x] = partial[0];
}

}  // namespace

Status cross_entropy(const CrossEntropyShape& shape, float* logits, const std::int32_t* targets,
                     bool gradient, const CrossEntropyScores& scores, float* workspace,
                     Stream stream) {
  const std::int64_t positions = shape.replicas * shape.tokens;
  cudaMemsetAsync(scores.scored, 0, shape.replicas * sizeof(std::int64_t), stream);
  cudaMemsetAsync(scores.right, 0, shape.replicas * sizeof(std::int64_t), stream);
  cudaMemsetAsync(scores.counts, 0, shape.replicas * 3 * shape.classes * sizeof(std::int64_t),
                  stream);
  cudaMemsetAsync(scores.loss_sum, 0, shape.replicas * sizeof(double), stream);
  if (positions == 0) return cudaGetLastError();
  count_scored_kernel<<<blocks_for(positions, 256), 256, 0, stream>>>(shape, targets,
                                                                      scores.scored);
  position_kernel<<<blocks_for(positions, warps), dim3(32, warps), 0, stream>>>(
      shape, logits, targets, gradient, scores, workspace);
  sum_losses_kernel<<<static_cast<unsigned>(shape.replicas), 256, 0, stream>>>(shape, workspace,
                                                                               scores.loss_sum);
  return cudaGetLastError();
}

}  // namespace scanyard::kernels::cuda
