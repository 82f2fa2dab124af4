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

/// Block (id, features, replica): lists the tokens with that id, `segment` tokens at a time, and adds
/// their rows in order.
constexpr int segment = 1024;
__global__ void __launch_bounds__(threads)
    backward_kernel(EmbeddingShape shape, const std::int32_t* ids, const float* dx,
                    float* dtable) {
  constexpr int groups = segment / 32;  // of tokens that one warp looks at in one go
  __shared__ int list[segment];
  __shared__ int counts[groups];
  const std::int64_t r = blockIdx.z, d = shape.features;
  const int id = blockIdx.x, feature = static_cast<int>(blockIdx.y) * threads + threadIdx.x;
  const int tokens = static_cast<int>(shape.tokens);
  const int lane = static_cast<int>(threadIdx.x) % 32;
  const std::int32_t* const own = ids + r * shape.tokens;
  const float* const rows = dx + r * shape.tokens * d + feature;
  float sum = 0;
  for (int base = 0; base < tokens; base += segment) {
    unsigned hits[groups / (threads / 32)];
#pragma unroll
    for (int k = 0; k < groups / (threads / 32); ++k) {
      const int group = k * (threads / 32) + static_cast<int>(threadIdx.x) / 32;
      const int n = base + group * 32 + lane;
      hits[k] = __ballot_sync(0xffffffffu, n < tokens && own[n] == id);
      if (lane == 0) counts[group] = __popc(hits[k]);
    }
    __syncthreads();
    int found = 0;
    for (int group = 0; group < groups; ++group) {
      const int k = group / (threads / 32);
      if (group % (threads / 32) == static_cast<int>(threadIdx.x) / 32 && hits[k] >> lane & 1)
        list[found + __popc(hits[k] & ((1u << lane) - 1))] = base + group * 32 + lane;
      found += counts[group];
    }
    __syncthreads();
    if (feature < d) {
#pragma unroll 8
      for (int i = 0; i < found; ++i)
        sum += rows[std::int64_t(list[i]) * d];
    }
    __syncthreads();
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
