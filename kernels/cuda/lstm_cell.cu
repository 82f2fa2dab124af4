#include "kernels/cuda/device.cuh"
#include "kernels/cuda/lstm_cell.hpp"

namespace scanyard::kernels::cuda {
namespace {

constexpr int threads = 128;

/// Sequence and unit of this thread.
struct Place {
  std::int64_t row, unit;
};
__device__ Place place(const LstmStepShape& shape) {
  const std::int64_t item = std::int64_t(blockIdx.x) * threads + threadIdx.x;
  return {item / shape.units, item % shape.units};
}

template <class Factor>
__global__ void forward_kernel(LstmStepShape shape, float* gates, float* cell, Factor* hidden,
                               Factor* hidden_before) {
  const Place own = place(shape);
  if (own.row >= shape.rows) return;
  const std::int64_t h = shape.units;
  const std::int64_t at = (own.row * shape.length + shape.t) * h + own.unit;
  float* const g = gates + (own.row * shape.length + shape.t) * 4 * h + own.unit;
  const float i = logistic(g[0]), f = logistic(g[h]), n = tanhf(g[2 * h]), o = logistic(g[3 * h]);
  const float c = (shape.t > 0 ? f * cell[at - h] : 0.f) + i * n;
  g[0] = i;
  g[h] = f;
  g[2 * h] = n;
  g[3 * h] = o;
  cell[at] = c;
  const float state = o * tanhf(c);
  store(hidden + at, state);
  if (shape.t == 0) store(hidden_before + at, 0.f);
  if (shape.t + 1 < shape.length) store(hidden_before + at + h, state);
}

template <class Factor>
__global__ void backward_kernel(LstmStepShape shape, const float* gates, const float* cell,
                                const float* dhidden, float* dcell, Factor* dgates) {
  const Place own = place(shape);
  if (own.row >= shape.rows) return;
  const std::int64_t h = shape.units;
  const std::int64_t at = (own.row * shape.length + shape.t) * h + own.unit;
  const std::int64_t first = (own.row * shape.length + shape.t) * 4 * h + own.unit;
  const float i = gates[first], f = gates[first + h], n = gates[first + 2 * h],
              o = gates[first + 3 * h];
  const float squashed = tanhf(cell[at]), dh = dhidden[at];
  const float later = shape.t + 1 < shape.length ? dcell[own.row * h + own.unit] : 0.f;
  const float dc = later + dh * o * (1.f - squashed * squashed);
  const float before = shape.t > 0 ? cell[at - h] : 0.f;
  store(dgates + first, dc * n * i * (1.f - i));
  store(dgates + first + h, dc * before * f * (1.f - f));
  store(dgates + first + 2 * h, dc * i * (1.f - n * n));
  store(dgates + first + 3 * h, dh * squashed * o * (1.f - o));
  dcell[own.row * h + own.unit] = dc * f;
}

}  // namespace

template <class Factor>
Status lstm_cell_forward(const LstmStepShape& shape, float* gates, float* cell, Factor* hidden,
                         Factor* hidden_before, Stream stream) {
  if (shape.rows * shape.units == 0) return cudaSuccess;
  forward_kernel<<<blocks_for(shape.rows * shape.units, threads), threads, 0, stream>>>(
      shape, gates, cell, hidden, hidden_before);
  return cudaGetLastError();
}

template <class Factor>
Status lstm_cell_backward(const LstmStepShape& shape, const float* gates, const float* cell,
                          const float* dhidden, float* dcell, Factor* dgates, Stream stream) {
  if (shape.rows * shape.units == 0) return cudaSuccess;
  backward_kernel<<<blocks_for(shape.rows * shape.units, threads), threads, 0, stream>>>(
      shape, gates, cell, dhidden, dcell, dgates);
  return cudaGetLastError();
}

template Status lstm_cell_forward(const LstmStepShape&, float*, float*, float*, float*, Stream);
template Status lstm_cell_forward(const LstmStepShape&, float*, float*, Bf16*, Bf16*, Stream);
template Status lstm_cell_backward(const LstmStepShape&, const float*, const float*, const float*,
                                   float*, float*, Stream);
template Status lstm_cell_backward(const LstmStepShape&, const float*, const float*, const float*,
                                   float*, Bf16*, Stream);

}  // namespace scanyard::kernels::cuda
