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

/// Rises with the value; NaN is the largest of all, and zeros of both signs are one value.
__device__ unsigned rank_of(float value) {
  if (value != value) return 0xffffffffu;
  const unsigned bits = __float_as_uint(value + 0.f);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

/// The largest of a warp's candidates, of equal ones that with the smallest index.
struct Largest {
  float value;
  int index;
};
__device__ Largest warp_largest(float value, int index) {
  const unsigned rank = rank_of(value);
  const unsigned best = __reduce_max_sync(0xffffffffu, rank);
  const int first = __reduce_min_sync(0xffffffffu, rank == best ? index : 0x7fffffff);
  const unsigned owner = __ballot_sync(0xffffffffu, rank == best && index == first);
  return {__shfl_sync(0xffffffffu, value, __ffs(owner) - 1), first};
}

struct RowResult {
  float loss;
  int predicted;
};

/// Losses and predictions of `Rows` rows, one behind the other, by one warp; the rows become their
/// gradients with `gradient`. Ignored rows are left for the caller. Rows stay in registers (V <= 32
/// Parts), and are handled side by side, because each is a chain of steps that wait.
template <class Logit, int Parts, int Rows>
__device__ void score_rows(Logit* first, int classes, const int (&targets)[Rows], bool gradient,
                           float per_position, RowResult (&results)[Rows]) {
  const int lane = static_cast<int>(threadIdx.x);
  float x[Rows][Parts], largest[Rows], sums[Rows], target_logits[Rows];
#pragma unroll
  for (int i = 0; i < Rows; ++i) {
#pragma unroll
    for (int p = 0; p < Parts; ++p) {
      const int c = p * 32 + lane;
      x[i][p] = targets[i] >= 0 && c < classes ? load(first + i * classes + c) : -INFINITY;
    }
  }
#pragma unroll
  for (int i = 0; i < Rows; ++i) {
    float best = x[i][0];
    int index = lane;
    target_logits[i] = x[i][0];
#pragma unroll
    for (int p = 1; p < Parts; ++p) {
      if (rank_of(x[i][p]) > rank_of(best)) {
        best = x[i][p];
        index = p * 32 + lane;
      }
      if (targets[i] / 32 == p) target_logits[i] = x[i][p];
    }
    const Largest found = warp_largest(best, index);
    largest[i] = found.value;
    results[i].predicted = found.index;
    target_logits[i] = __shfl_sync(0xffffffffu, target_logits[i], targets[i] & 31);
    sums[i] = 0;
#pragma unroll
    for (int p = 0; p < Parts; ++p) {
      x[i][p] = __expf(x[i][p] - largest[i]);
      sums[i] += x[i][p];
    }
  }
#pragma unroll
  for (int i = 0; i < Rows; ++i) {
    sums[i] = warp_sum(sums[i]);
    results[i].loss = logf(sums[i]) + (largest[i] - target_logits[i]);
    if (!gradient || targets[i] < 0) continue;
    const float scale = per_position / sums[i];
#pragma unroll
    for (int p = 0; p < Parts; ++p) {
      const int c = p * 32 + lane;
      if (c < classes)
        store(first + i * classes + c, x[i][p] * scale - (c == targets[i] ? per_position : 0.f));
    }
  }
}

/// One row of any length, read again for every use.
template <class Logit>
__device__ RowResult score_long_row(Logit* row, int classes, int target, bool gradient,
                                    float per_position) {
  float best = -INFINITY;
  int index = threadIdx.x;
  for (int c = threadIdx.x; c < classes; c += 32) {
    if (rank_of(load(row + c)) <= rank_of(best) && c >= 32) continue;
    best = load(row + c);
    index = c;
  }
  const Largest found = warp_largest(best, index);
  float sum = 0;
  for (int c = threadIdx.x; c < classes; c += 32)
    sum += __expf(load(row + c) - found.value);
  sum = warp_sum(sum);
  const float target_logit = load(row + target);
  __syncwarp();
  for (int c = threadIdx.x; gradient && c < classes; c += 32) {
    const float e = __expf(load(row + c) - found.value);
    store(row + c, e * (per_position / sum) - (c == target ? per_position : 0.f));
  }
  return {logf(sum) + (found.value - target_logit), found.index};
}

__device__ void count(std::int64_t* counts, int classes, int target, int predicted) {
  if (predicted == target) {
    add(counts + target);
  } else {
    add(counts + classes + target);
    add(counts + 2 * classes + predicted);
  }
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
  constexpr int rows = chunk / warps;
  const std::int64_t own = first + threadIdx.y * rows;
  Logit* const own_rows = logits + (r * shape.tokens + own) * classes;
  int wanted[rows];
  RowResult results[rows] = {};
  for (int i = 0; i < rows; ++i)
    wanted[i] = own + i < last ? targets[r * shape.tokens + own + i] : -1;
  if constexpr (Parts > 0) {
    score_rows<Logit, Parts, rows>(own_rows, classes, wanted, gradient, per_position, results);
  } else {
    for (int i = 0; i < rows; ++i) {
      if (wanted[i] >= 0)
        results[i] = score_long_row(own_rows + i * classes, classes, wanted[i], gradient,
                                    per_position);
    }
  }
  for (int i = 0; i < rows && own + i < last; ++i) {
    if (wanted[i] < 0) {
      for (int c = threadIdx.x; gradient && c < classes; c += 32)
        store(own_rows + i * classes + c, 0.f);
      continue;
    }
    loss += results[i].loss;
    right += results[i].predicted == wanted[i];
    if (scores.counts && threadIdx.x == 0)
      count(scores.counts + row_at * 3 * classes, classes, wanted[i], results[i].predicted);
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
                                          : launch<Logit, 0>;
  return run(shape, logits, targets, gradient, scores, workspace, stream);
}

template Status cross_entropy(const CrossEntropyShape&, float*, const std::int32_t*, bool,
                              const CrossEntropyScores&, const CrossEntropyWorkspace&, Stream);
template Status cross_entropy(const CrossEntropyShape&, Bf16*, const std::int32_t*, bool,
                              const CrossEntropyScores&, const CrossEntropyWorkspace&, Stream);

}  // namespace scanyard::kernels::cuda
