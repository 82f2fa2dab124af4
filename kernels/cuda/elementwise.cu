#include <cmath>

#include "kernels/cuda/device.cuh"
#include "kernels/cuda/elementwise.hpp"

namespace scanyard::kernels::cuda {
namespace {

constexpr int threads = 256;

__device__ std::int64_t item_index() {
  return std::int64_t(blockIdx.x) * threads + threadIdx.x;
}

__global__ void swiglu_forward_kernel(const float* ab, float* s, std::int64_t rows,
                                      std::int64_t inner) {
  const std::int64_t item = item_index();
  if (item >= rows * inner) return;
  const std::int64_t row = item / inner, f = item % inner;
  const float a = ab[row * 2 * inner + f];
  s[item] = a * logistic(a) * ab[row * 2 * inner + inner + f];
}

__global__ void swiglu_backward_kernel(const float* ab, const float* ds, float* dab,
                                       std::int64_t rows, std::int64_t inner) {
  const std::int64_t item = item_index();
  if (item >= rows * inner) return;
  const std::int64_t at = item / inner * 2 * inner + item % inner;
  const float a = ab[at], b = ab[at + inner], gate = logistic(a);
  dab[at] = ds[item] * b * gate * (1.f + a * (1.f - gate));
  dab[at + inner] = ds[item] * a * gate;
}

__global__ void embedding_forward_kernel(EmbeddingShape shape, const std::int32_t* ids,
                                         const float* table, float* x) {
  const std::int64_t item = item_index(), d = shape.features;
  if (item >= shape.replicas * shape.tokens * d) return;
  const std::int64_t token = item / d;
  const std::int64_t row = token / shape.tokens * shape.vocab + ids[token];
  x[item] = table[row * d + item % d];
}

__global__ void embedding_backward_kernel(EmbeddingShape shape, const std::int32_t* ids,
                                          const float* dx, float* dtable) {
  const std::int64_t item = item_index(), d = shape.features;
  if (item >= shape.replicas * shape.vocab * d) return;
  const std::int64_t r = item / (shape.vocab * d), id = item / d % shape.vocab, f = item % d;
  float sum = 0;
  for (std::int64_t n = r * shape.tokens; n < (r + 1) * shape.tokens; ++n) {
    if (ids[n] == id) sum += dx[n * d + f];
  }
  dtable[item] = sum;
}

__global__ void lstm_forward_kernel(LstmStepShape shape, float* gates, const float* recurrent,
                                    float* cell, float* hidden, float* hidden_before) {
  const std::int64_t item = item_index(), h = shape.units;
  if (item >= shape.rows * h) return;
  const std::int64_t row = item / h, u = item % h;
  const std::int64_t at = (row * shape.length + shape.t) * h + u;
  float* g = gates + (row * shape.length + shape.t) * 4 * h + u;
  float sums[4];
  for (int q = 0; q < 4; ++q)
    sums[q] = g[q * h] + (recurrent ? recurrent[row * 4 * h + q * h + u] : 0.f);
  const float i = logistic(sums[0]), f = logistic(sums[1]), n = tanhf(sums[2]),
              o = logistic(sums[3]);
  const float c = (shape.t > 0 ? f * cell[at - h] : 0.f) + i * n;
  g[0] = i;
  g[h] = f;
  g[2 * h] = n;
  g[3 * h] = o;
  cell[at] = c;
  hidden[at] = o * tanhf(c);
  if (shape.t == 0) hidden_before[at] = 0;
  if (shape.t + 1 < shape.length) hidden_before[at + h] = hidden[at];
}

__global__ void lstm_backward_kernel(LstmStepShape shape, float* gates, const float* cell,
                                     const float* dhidden, float* dcell) {
  const std::int64_t item = item_index(), h = shape.units;
  if (item >= shape.rows * h) return;
  const std::int64_t row = item / h, u = item % h;
  const std::int64_t at = (row * shape.length + shape.t) * h + u;
  float* g = gates + (row * shape.length + shape.t) * 4 * h + u;
  const float i = g[0], f = g[h], n = g[2 * h], o = g[3 * h];
  const float squashed = tanhf(cell[at]);
  const float dh = dhidden[at];
  const float dc = dcell[item] + dh * o * (1.f - squashed * squashed);
  const float before = shape.t > 0 ? cell[at - h] : 0.f;
  g[0] = dc * n * i * (1.f - i);
  g[h] = dc * before * f * (1.f - f);
  g[2 * h] = dc * i * (1.f - n * n);
  g[3 * h] = dh * squashed * o * (1.f - o);
  dcell[item] = dc * f;
}

/// The scalars of one update in float32, rounded once from double as the CPU kernel does.
struct AdamwRow {
  float decay, first_weight, beta2, second_weight, step_size, root_scale, eps;
};
struct AdamwRows {
  AdamwRow row[adamw_replicas_max];
};

__global__ void adamw_kernel(AdamwRows rows, std::int64_t parameters, const float* g, float* p,
                             float* m, float* v) {
  const std::int64_t i = item_index();
  if (i >= parameters) return;
  const AdamwRow& s = rows.row[blockIdx.y];
  const std::int64_t at = std::int64_t(blockIdx.y) * parameters + i;
  const float first = m[at] + (g[at] - m[at]) * s.first_weight;
  const float second = v[at] * s.beta2 + s.second_weight * g[at] * g[at];
  m[at] = first;
  v[at] = second;
  p[at] = p[at] * s.decay - s.step_size * (first / (sqrtf(second) / s.root_scale + s.eps));
}

}  // namespace

Status swiglu_forward(const float* ab, float* s, std::int64_t rows, std::int64_t inner,
                      Stream stream) {
  if (rows * inner == 0) return cudaSuccess;
  swiglu_forward_kernel<<<blocks_for(rows * inner, threads), threads, 0, stream>>>(ab, s, rows,
                                                                                   inner);
  return cudaGetLastError();
}

Status swiglu_backward(const float* ab, const float* ds, float* dab, std::int64_t rows,
                       std::int64_t inner, Stream stream) {
  if (rows * inner == 0) return cudaSuccess;
  swiglu_backward_kernel<<<blocks_for(rows * inner, threads), threads, 0, stream>>>(ab, ds, dab,
                                                                                    rows, inner);
  return cudaGetLastError();
}

Status embedding_forward(const EmbeddingShape& shape, const std::int32_t* ids, const float* table,
                         float* x, Stream stream) {
  const std::int64_t items = shape.replicas * shape.tokens * shape.features;
  if (items == 0) return cudaSuccess;
  embedding_forward_kernel<<<blocks_for(items, threads), threads, 0, stream>>>(shape, ids, table,
                                                                               x);
  return cudaGetLastError();
}

Status embedding_backward(const EmbeddingShape& shape, const std::int32_t* ids, const float* dx,
                          float* dtable, Stream stream) {
  const std::int64_t items = shape.replicas * shape.vocab * shape.features;
  if (items == 0) return cudaSuccess;
  embedding_backward_kernel<<<blocks_for(items, threads), threads, 0, stream>>>(shape, ids, dx,
                                                                                dtable);
  return cudaGetLastError();
}

Status lstm_cell_forward(const LstmStepShape& shape, float* gates, const float* recurrent,
                         float* cell, float* hidden, float* hidden_before, Stream stream) {
  if (shape.rows * shape.units == 0) return cudaSuccess;
  lstm_forward_kernel<<<blocks_for(shape.rows * shape.units, threads), threads, 0, stream>>>(
      shape, gates, recurrent, cell, hidden, hidden_before);
  return cudaGetLastError();
}

Status lstm_cell_backward(const LstmStepShape& shape, float* gates, const float* cell,
                          const float* dhidden, float* dcell, Stream stream) {
  if (shape.rows * shape.units == 0) return cudaSuccess;
  lstm_backward_kernel<<<blocks_for(shape.rows * shape.units, threads), threads, 0, stream>>>(
      shape, gates, cell, dhidden, dcell);
  return cudaGetLastError();
}

Status adamw_step(const AdamwScalars* scalars, int replicas, std::int64_t parameters,
                  const float* g, float* p, float* m, float* v, Stream stream) {
  if (parameters == 0 || replicas == 0) return cudaSuccess;
  if (replicas > adamw_replicas_max) return cudaErrorInvalidValue;
  AdamwRows rows;
  for (int r = 0; r < replicas; ++r) {
    const AdamwScalars& s = scalars[r];
    const double steps = static_cast<double>(s.step);
    rows.row[r] = {static_cast<float>(1 - s.lr * s.weight_decay),
                   static_cast<float>(1 - s.beta1),
                   static_cast<float>(s.beta2),
                   static_cast<float>(1 - s.beta2),
                   static_cast<float>(s.lr / (1 - std::pow(s.beta1, steps))),
                   static_cast<float>(std::sqrt(1 - std::pow(s.beta2, steps))),
                   static_cast<float>(s.eps)};
  }
  const dim3 grid(blocks_for(parameters, threads), static_cast<unsigned>(replicas));
  adamw_kernel<<<grid, threads, 0, stream>>>(rows, parameters, g, p, m, v);
  return cudaGetLastError();
}

}  // namespace scanyard::kernels::cuda
