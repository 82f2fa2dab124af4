#include "kernels/column_sum.hpp"

#include <algorithm>

#include "kernels/simd.hpp"

namespace scanyard::kernels {
namespace {

/// Columns that are summed at a time: few enough to stay in registers.
constexpr std::int64_t block = 64;

template <class In, class T>
SCANYARD_INLINE void sum_columns(const In* x, T* sum, std::int64_t n, std::int64_t c,
                                 std::int64_t stride) {
  for (std::int64_t first = 0; first < c; first += block) {
    const std::int64_t width = std::min(block, c - first);
    T total[block] = {};
    if (width == block) {
      for (std::int64_t i = 0; i < n; ++i) {
        const In* const row = x + i * stride + first;
        SCANYARD_SIMD
        for (std::int64_t j = 0; j < block; ++j)
          total[j] += widen(row[j]);
      }
    } else {
      for (std::int64_t i = 0; i < n; ++i) {
        const In* const row = x + i * stride + first;
        SCANYARD_SIMD
        for (std::int64_t j = 0; j < width; ++j)
          total[j] += widen(row[j]);
      }
    }
    std::copy_n(total, width, sum + first);
  }
}

SCANYARD_CLONES void sum_float(const float* x, float* sum, std::int64_t n, std::int64_t c,
                               std::int64_t stride) {
  sum_columns(x, sum, n, c, stride);
}
SCANYARD_CLONES void sum_bf16(const Bf16* x, float* sum, std::int64_t n, std::int64_t c,
                              std::int64_t stride) {
  sum_columns(x, sum, n, c, stride);
}

}  // namespace

template <>
void column_sum(const Bf16* x, float* sum, std::int64_t n, std::int64_t c, std::int64_t stride) {
  sum_bf16(x, sum, n, c, stride);
}
template <>
void column_sum(const float* x, float* sum, std::int64_t n, std::int64_t c, std::int64_t stride) {
  sum_float(x, sum, n, c, stride);
}
template <>
void column_sum(const double* x, double* sum, std::int64_t n, std::int64_t c, std::int64_t stride) {
  sum_columns(x, sum, n, c, stride);
}

}  // namespace scanyard::kernels
