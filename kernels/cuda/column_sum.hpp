//! Sums over rows on a GPU, for the gradient of a bias: out[r, c] = sum over n of x[r, n, c], in
//! chunks of rows and then over chunks, always in the same order. x [R, N, C], Element float or
//! Bf16, sums in float32; out: rows of C, `stride` elements from replica to replica. Reads x once.
#pragma once

#include <cstdint>

#include "kernels/cuda/launch.hpp"

namespace scanyard::kernels::cuda {

struct ColumnSumShape {
  std::int64_t replicas = 0, rows = 0, columns = 0;
  std::int64_t stride = 0;  ///< of out
};

/// Elements of the workspace that column_sum() wants.
std::int64_t column_sum_workspace(const ColumnSumShape& shape);

/// counters [R * ceil(C / column_sum_counter_columns)]: zeros before and after.
inline constexpr std::int64_t column_sum_counter_columns = 32;
template <class Element>
Status column_sum(const ColumnSumShape& shape, const Element* x, float* out, float* workspace,
                  unsigned* counters, Stream stream);

}  // namespace scanyard::kernels::cuda
