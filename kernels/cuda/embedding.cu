#include "kernels/cross_entropy.hpp"
#include "kernels/cuda/embedding.hpp"
#include "kernels/cuda/vectors.cuh"

namespace scanyard::kernels::cuda {
namespace {

constexpr int gather_threads = 1024;
constexpr int threads = 128;

/// One block a replica, so that the count of targets needs no second launch.
__global__ void __launch_bounds__(gather_threads)
    gather_kernel(GatherShape shape, const SequenceSource* sources, std::int32_t* cursors,
                  GatheredBatch batch) {
  const int r = blockIdx.x;
  const SequenceSource from = sources[r];
  const std::int64_t cursor = cursors[r];
  const int length = static_cast<int>(shape.length);
  const int tokens = static_cast<int>(shape.sequences) * length;
  int scored = 0;
  for (int i = threadIdx.x; i < tokens; i += gather_threads) {
    const int b = i / length, t = i - b * length;
    const std::int64_t place = cursor * shape.batch + b;
    const std::int64_t sequence = from.order ? from.order[place] : place;
    const std::int32_t target = from.targets[sequence * length + t];
    batch.ids[std::int64_t(r) * tokens + i] = from.ids[sequence * length + t];
    batch.targets[std::int64_t(r) * tokens + i] = target;
    scored += target != ignored_target;
  }
  __shared__ int counts[gather_threads / 32];
  scored = warp_sum(scored);
  if (threadIdx.x % 32 == 0) counts[threadIdx.x / 32] = scored;
  __syncthreads();
  if (threadIdx.x != 0) return;
  std::int64_t sum = 0;
  for (int k = 0; k < gather_threads / 32; ++k)
    sum += counts[k];
  batch.scored[cursor * shape.replicas + r] = sum;
  cursors[r] = static_cast<std::int32_t>(cursor + 1);
}

template <int Width>
__global__ void forward_kernel(EmbeddingShape shape, const std::int32_t* ids, const float* table,
                               float* x) {
  const std::int64_t item = std::int64_t(blockIdx.x) * threads + threadIdx.x;
  const std::int64_t vectors = shape.features / Width;
  const std::int64_t token = item / vectors;
  if (token >= shape.replicas * shape.tokens) return;
  const std::int64_t feature = (item - token * vectors) * Width;
  const float* const row =
      table + token / shape.tokens * shape.stride + ids[token] * shape.features;
  float part[Width];
  load_vector<Width>(row + feature, part);
  store_vector<Width>(x + token * shape.features + feature, part);
}

/// Block (id, features, replica): finds the tokens with that id, 128 at a time, and adds their rows
/// in order.
__global__ void __launch_bounds__(threads)
    backward_kernel(EmbeddingShape shape, const std::int32_t* ids, const float* dx,
                    float* dtable) {
  __shared__ unsigned found[2][threads / 32];
  const std::int64_t r = blockIdx.z, d = shape.features;
  const int id = blockIdx.x, feature = static_cast<int>(blockIdx.y) * threads + threadIdx.x;
  const int tokens = static_cast<int>(shape.tokens);
  const std::int32_t* const own = ids + r * shape.tokens;
  const float* const rows = dx + r * shape.tokens * d + feature;
  float sum = 0;
  for (int base = 0, turn = 0; base < tokens; base += threads, turn ^= 1) {
    const int n = base + static_cast<int>(threadIdx.x);
    const unsigned hits = __ballot_sync(0xffffffffu, n < tokens && own[n] == id);
    if (threadIdx.x % 32 == 0) found[turn][threadIdx.x / 32] = hits;
    __syncthreads();  // two sets of flags in turn: the next one may be written at once
    for (int k = 0; k < threads / 32; ++k) {
      for (unsigned left = found[turn][k]; left != 0; left &= left - 1) {
        if (feature < d) sum += rows[std::int64_t(base + k * 32 + __ffs(left) - 1) * d];
      }
    }
  }
  if (feature < d) dtable[r * shape.stride + id * d + feature] = sum;
}

}  // namespace

Status gather_batch(const GatherShape& shape, const SequenceSource* sources, std::int32_t* cursor,
                    const GatheredBatch& batch, Stream stream) {
  if (shape.replicas == 0) return cudaSuccess;
  gather_kernel<<<static_cast<unsigned>(shape.replicas), gather_threads, 0, stream>>>(
      shape, sources, cursor, batch);
  return cudaGetLastError();
}

Status embedding_forward(const EmbeddingShape& shape, const std::int32_t* ids, const float* table,
                         float* x, Stream stream) {
  const std::int64_t items = shape.replicas * shape.tokens * shape.features;
  if (items == 0) return cudaSuccess;
  if (shape.features % 4 == 0 && shape.stride % 4 == 0) {
    forward_kernel<4>
        <<<blocks_for(items / 4, threads), threads, 0, stream>>>(shape, ids, table, x);
  } else {
    forward_kernel<1><<<blocks_for(items, threads), threads, 0, stream>>>(shape, ids, table, x);
  }
  return cudaGetLastError();
}

Status embedding_backward(const EmbeddingShape& shape, const std::int32_t* ids, const float* dx,
                          float* dtable, Stream stream) {
  if (shape.replicas * shape.features == 0) return cudaSuccess;
  const dim3 grid(static_cast<unsigned>(shape.vocab), blocks_for(shape.features, threads),
                  static_cast<unsigned>(shape.replicas));
  backward_kernel<<<grid, threads, 0, stream>>>(shape, ids, dx, dtable);
  return cudaGetLastError();
}

}  // namespace scanyard::kernels::cuda
