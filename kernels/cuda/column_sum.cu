#include "kernels/cuda/column_sum.hpp"
#include "kernels/cuda/vectors.cuh"

namespace scanyard::kernels::cuda {
namespace {

constexpr int warps = 8;
/// Rows whose sums one block makes; decides the order of sums, so it stays as it is.
constexpr int chunk_rows = 256;

/// Block (columns, chunk, replica): lane l sums Width columns from l * Width on, warp k every eighth
/// row from k on.
template <class Element, int Width>
__global__ void __launch_bounds__(32 * warps)
    sum_kernel(ColumnSumShape shape, const Element* x, float* out, float* workspace,
               unsigned* counters) {
  __shared__ float shares[warps][32 * Width];
  const std::int64_t r = blockIdx.z;
  const int chunk = blockIdx.y, chunks = gridDim.y;
  const int columns = static_cast<int>(shape.columns);
  const int column = (static_cast<int>(blockIdx.x) * 32 + static_cast<int>(threadIdx.x)) * Width;
  const int last = min((chunk + 1) * chunk_rows, static_cast<int>(shape.rows));
  float sums[Width] = {};
  if (column < columns) {
#pragma unroll 8
    for (int n = chunk * chunk_rows + static_cast<int>(threadIdx.y); n < last; n += warps) {
      float row[Width];
      load_vector<Width>(x + (r * shape.rows + n) * columns + column, row);
      for (int i = 0; i < Width; ++i)
        sums[i] += row[i];
    }
  }
  for (int i = 0; i < Width; ++i)
    shares[threadIdx.y][threadIdx.x * Width + i] = sums[i];
  __syncthreads();
  const int thread = static_cast<int>(threadIdx.y * 32 + threadIdx.x);
  const int own = static_cast<int>(blockIdx.x) * 32 * Width + thread;
  const bool sums_here = thread < 32 * Width && own < columns;
  if (sums_here) {
    float sum = 0;
    for (int k = 0; k < warps; ++k)
      sum += shares[k][thread];
    if (chunks == 1) {
      out[r * shape.stride + own] = sum;
    } else {
      workspace[(r * chunks + chunk) * columns + own] = sum;
    }
  }
  if (chunks == 1 || !is_last_block(counters + r * gridDim.x + blockIdx.x, chunks)) return;
  if (sums_here) {
    float sum = 0;
    for (int c = 0; c < chunks; ++c)
      sum += workspace[(r * chunks + c) * columns + own];
    out[r * shape.stride + own] = sum;
  }
}

unsigned chunks_of(const ColumnSumShape& shape) {
  return blocks_for(shape.rows, chunk_rows);
}

}  // namespace

std::int64_t column_sum_workspace(const ColumnSumShape& shape) {
  return shape.replicas * chunks_of(shape) * shape.columns;
}

template <class Element>
Status column_sum(const ColumnSumShape& shape, const Element* x, float* out, float* workspace,
                  unsigned* counters, Stream stream) {
  if (shape.replicas * shape.columns == 0) return cudaSuccess;
  const auto launch = [&]<int Width>() {
    const dim3 grid(blocks_for(shape.columns, 32 * Width), chunks_of(shape),
                    static_cast<unsigned>(shape.replicas));
    sum_kernel<Element, Width>
        <<<grid, dim3(32, warps), 0, stream>>>(shape, x, out, workspace, counters);
  };
  if (shape.columns % 4 == 0) {
    launch.template operator()<4>();
  } else {
    launch.template operator()<1>();
  }
  return cudaGetLastError();
}

template Status column_sum(const ColumnSumShape&, const float*, float*, float*, unsigned*, Stream);
template Status column_sum(const ColumnSumShape&, const Bf16*, float*, float*, unsigned*, Stream);

}  // namespace scanyard::kernels::cuda
