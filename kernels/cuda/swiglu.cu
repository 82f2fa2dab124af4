#include "kernels/cuda/swiglu.hpp"
#include "kernels/cuda/vectors.cuh"

namespace scanyard::kernels::cuda {
namespace {

constexpr int threads = 256;
constexpr int width = 8;  // elements a thread

/// Place of this thread's vector, or -1.
struct Place {
  std::int64_t row;
  int column;
};
__device__ Place place(std::int64_t rows, int inner) {
  const std::int64_t item = std::int64_t(blockIdx.x) * threads + threadIdx.x;
  const int vectors = inner / width;
  const std::int64_t row = item / vectors;
  return {row < rows ? row : -1, static_cast<int>(item - row * vectors) * width};
}

template <class Element>
__global__ void forward_kernel(const Element* ab, Element* s, std::int64_t rows, int inner) {
  const Place at = place(rows, inner);
  if (at.row < 0) return;
  const Element* const from = ab + at.row * 2 * inner + at.column;
  float a[width], b[width];
  load_vector<width>(from, a);
  load_vector<width>(from + inner, b);
#pragma unroll
  for (int i = 0; i < width; ++i)
    a[i] = a[i] * logistic(a[i]) * b[i];
  store_vector<width>(s + at.row * inner + at.column, a);
}

template <class Element>
__global__ void backward_kernel(const Element* ab, const Element* ds, Element* dab,
                                std::int64_t rows, int inner) {
  const Place at = place(rows, inner);
  if (at.row < 0) return;
  const std::int64_t offset = at.row * 2 * inner + at.column;
  float a[width], b[width], g[width];
  load_vector<width>(ab + offset, a);
  load_vector<width>(ab + offset + inner, b);
  load_vector<width>(ds + at.row * inner + at.column, g);
#pragma unroll
  for (int i = 0; i < width; ++i) {
    const float gate = logistic(a[i]), before = a[i];
    a[i] = g[i] * b[i] * gate * (1.f + before * (1.f - gate));
    b[i] = g[i] * before * gate;
  }
  store_vector<width>(dab + offset, a);
  store_vector<width>(dab + offset + inner, b);
}

}  // namespace

template <class Element>
Status swiglu_forward(const Element* ab, Element* s, std::int64_t rows, std::int64_t inner,
                      Stream stream) {
  if (rows * inner == 0) return cudaSuccess;
  if (inner % width != 0) return cudaErrorInvalidValue;
  forward_kernel<<<blocks_for(rows * inner / width, threads), threads, 0, stream>>>(
      ab, s, rows, static_cast<int>(inner));
  return cudaGetLastError();
}

template <class Element>
Status swiglu_backward(const Element* ab, const Element* ds, Element* dab, std::int64_t rows,
                       std::int64_t inner, Stream stream) {
  if (rows * inner == 0) return cudaSuccess;
  if (inner % width != 0) return cudaErrorInvalidValue;
  backward_kernel<<<blocks_for(rows * inner / width, threads), threads, 0, stream>>>(
      ab, ds, dab, rows, static_cast<int>(inner));
  return cudaGetLastError();
}

template Status swiglu_forward(const float*, float*, std::int64_t, std::int64_t, Stream);
template Status swiglu_forward(const Bf16*, Bf16*, std::int64_t, std::int64_t, Stream);
template Status swiglu_backward(const float*, const float*, float*, std::int64_t, std::int64_t,
                                Stream);
template Status swiglu_backward(const Bf16*, const Bf16*, Bf16*, std::int64_t, std::int64_t,
                                Stream);

}  // namespace scanyard::kernels::cuda
