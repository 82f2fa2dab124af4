#include "kernels/cross_entropy.hpp"
#include "kernels/cuda/cross_entropy.hpp"
#include "kernels/cuda/vectors.cuh"

namespace scanyard::kernels::cuda {
namespace {

constexpr int warps = 8;
/// Positions whose losses one block adds up; decides the order of sums, so it stays as it is.
constexpr int chunk = 32;
using Count = unsigned long long;  // what atomicAdd() knows; the same bits as int64 for counts

__device__ void add(std::int64_t* count) {
  atomicAdd(reinterpret_cast<Count*>(count), Count(1));
}

__device__ std::int64_t table_row(const CrossEntropyScores& scores, std::int64_t r) {
  return scores.slot ? scores.slot[r] - 1 : 0;
}

/// One block a replica.
__global__ void count_scored_kernel(CrossEntropyShape shape, const std::int32_t* targets,
                                    CrossEntropyScores scores) {
  __shared__ int shares[32];
  const std::int64_t r = blockIdx.x;
  int own = 0;
  for (std::int64_t n = threadIdx.x; n < shape.tokens; n += blockDim.x)
    own += targets[r * shape.tokens + n] != ignored_target;
  own = warp_sum(own);
  if (threadIdx.x % 32 == 0) shares[threadIdx.x / 32] = own;
  __syncthreads();
  if (threadIdx.x != 0) return;
  std::int64_t sum = 0;
  for (int k = 0; k < static_cast<int>(blockDim.x) / 32; ++k)
    sum += shares[k];
  scores.scored[table_row(scores, r) * shape.replicas + r] = sum;
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
#pragma unroll
  for (int offset = 16; offset > 0; offset /= 2) {
    const Largest other{__shfl_xor_sync(0xffffffffu, mine.value, offset),
                        __shfl_xor_sync(0xffffffffu, mine.index, offset)};
    if (beats(other, mine)) mine = other;
  }
  return mine;
}

struct RowResult {
  double loss;
  Largest best;
};

/// Loss and prediction of one row by one warp; the row becomes the gradient with `gradient`. Parts >
/// 0: the row stays in registers (V <= 32 Parts); Parts = 0: it is read again for every use.
template <class Logit, int Parts>
__device__ RowResult score_row(Logit* row, int classes, int target, bool gradient,
                               float per_position) {
  constexpr int kept = Parts > 0 ? Parts : 1;
  const int lane = static_cast<int>(threadIdx.x);
  const int rounds = Parts > 0 ? Parts : (classes + 31) / 32;
  float x[kept];
  const auto at = [&](int p) { return Parts > 0 ? x[p % kept] : load(row + p * 32 + lane); };
  Largest best{-INFINITY, classes};
#pragma unroll
  for (int p = 0; p < rounds; ++p) {
    const int c = p * 32 + lane;
    if (c >= classes) continue;
    if constexpr (Parts > 0) x[p % kept] = load(row + c);
    const Largest here{at(p), c};
    if (beats(here, best)) best = here;
  }
  best = warp_largest(best);
  float sum = 0, target_logit = 0;
#pragma unroll
  for (int p = 0; p < rounds; ++p) {
    const int c = p * 32 + lane;
    if (c >= classes) continue;
    if (c == target) target_logit = at(p);
    const float e = __expf(at(p) - best.value);
    sum += e;
    if constexpr (Parts > 0) x[p % kept] = e;
  }
  sum = warp_sum(sum);
  target_logit = warp_sum(target_logit);
  if (gradient) {
    const float scale = per_position / sum;
#pragma unroll
    for (int p = 0; p < rounds; ++p) {
      const int c = p * 32 + lane;
      if (c >= classes) continue;
      const float e = Parts > 0 ? x[p % kept] : __expf(load(row + c) - best.value);
      store(row + c, e * scale - (c == target ? per_position : 0.f));
    }
  }
  return {log(double(sum)) + (double(best.value) - double(target_logit)), best};
}

template <class Logit, int Parts>
__global__ void __launch_bounds__(32 * warps)
    position_kernel(CrossEntropyShape shape, Logit* logits, const std::int32_t* targets,
                    bool gradient, CrossEntropyScores scores, CrossEntropyWorkspace workspace) {
  __shared__ double losses[warps];
  __shared__ std::int64_t rights[warps];
  const std::int64_t r = blockIdx.y, row_at = table_row(scores, r) * shape.replicas + r;
  const int classes = static_cast<int>(shape.classes);
  const std::int64_t first = std::int64_t(blockIdx.x) * chunk;
  const std::int64_t last = first + chunk < shape.tokens ? first + chunk : shape.tokens;
  const float per_position = 1.f / static_cast<float>(scores.scored[row_at]);
  double loss = 0;
  std::int64_t right = 0;
  for (std::int64_t n = first + threadIdx.y; n < last; n += warps) {
    Logit* const row = logits + (r * shape.tokens + n) * classes;
    const int target = targets[r * shape.tokens + n];
    if (target == ignored_target) {
      for (int c = threadIdx.x; gradient && c < classes; c += 32)
        store(row + c, 0.f);
      continue;
    }
    const RowResult result =
        score_row<Logit, Parts>(row, classes, target, gradient, per_position);
    loss += result.loss;
    right += result.best.index == target;
    if (scores.counts && threadIdx.x == 0) {
      std::int64_t* const counts = scores.counts + row_at * 3 * classes;
      if (result.best.index == target) {
        add(counts + target);
      } else {
        add(counts + classes + target);
        add(counts + 2 * classes + result.best.index);
      }
    }
  }
  if (threadIdx.x == 0) {
    losses[threadIdx.y] = loss;
    rights[threadIdx.y] = right;
  }
  __syncthreads();
  const std::int64_t share = r * gridDim.x + blockIdx.x;
  if (threadIdx.x == 0 && threadIdx.y == 0) {
    for (int k = 1; k < warps; ++k) {
      loss += losses[k];
      right += rights[k];
    }
    workspace.losses[share] = loss;
    workspace.right[share] = right;
  }
  if (!is_last_block(workspace.counters + r, gridDim.x) || threadIdx.y != 0) return;
  // Lane l adds every 32nd share from l on; the lanes' sums meet in a fixed tree.
  loss = 0;
  right = 0;
  for (unsigned k = threadIdx.x; k < gridDim.x; k += 32) {
    loss += workspace.losses[r * gridDim.x + k];
    right += workspace.right[r * gridDim.x + k];
  }
  loss = warp_sum(loss);
  right = warp_sum(right);
  if (threadIdx.x != 0) return;
  scores.loss_sum[row_at] = loss;
  scores.right[row_at] = right;
}

template <class Logit, int Parts>
Status launch(const CrossEntropyShape& shape, Logit* logits, const std::int32_t* targets,
              bool gradient, const CrossEntropyScores& scores,
              const CrossEntropyWorkspace& workspace, Stream stream) {
  const dim3 grid(blocks_for(shape.tokens, chunk), static_cast<unsigned>(shape.replicas));
  position_kernel<Logit, Parts><<<grid, dim3(32, warps), 0, stream>>>(
      shape, logits, targets, gradient, scores, workspace);
  return cudaGetLastError();
}

}  // namespace

std::int64_t cross_entropy_workspace(const CrossEntropyShape& shape) {
  return shape.replicas * blocks_for(shape.tokens, chunk);
}

template <class Logit>
Status cross_entropy(const CrossEntropyShape& shape, Logit* logits, const std::int32_t* targets,
                     bool gradient, const CrossEntropyScores& scores,
                     const CrossEntropyWorkspace& workspace, Stream stream) {
  if (shape.replicas * shape.tokens == 0) return cudaSuccess;
  if (!scores.scored_is_there) {
    count_scored_kernel<<<static_cast<unsigned>(shape.replicas), 256, 0, stream>>>(shape, targets,
                                                                                   scores);
  }
  const auto run = shape.classes <= 32    ? launch<Logit, 1>
                   : shape.classes <= 128 ? launch<Logit, 4>
                   : shape.classes <= 512 ? launch<Logit, 16>
                                          : launch<Logit, 0>;
  return run(shape, logits, targets, gradient, scores, workspace, stream);
}

template Status cross_entropy(const CrossEntropyShape&, float*, const std::int32_t*, bool,
                              const CrossEntropyScores&, const CrossEntropyWorkspace&, Stream);
template Status cross_entropy(const CrossEntropyShape&, Bf16*, const std::int32_t*, bool,
                              const CrossEntropyScores&, const CrossEntropyWorkspace&, Stream);

}  // namespace scanyard::kernels::cuda
