//! Sums over rows, the gradient of a bias. Letters: n rows, c columns, rows `stride` apart.
//! Every column is added in order of its rows, so the result does not depend on how columns are
//! shared out. Types <In, T>: <float, float>, <double, double>, <Bf16, float>. Threads: none
//! inside; calls on disjoint columns may run at the same time.
#pragma once

#include <cstdint>

#include "kernels/types.hpp"

namespace scanyard::kernels {

/// sum [c] = column sums of x [n, c].
template <class In, class T>
void column_sum(const In* x, T* sum, std::int64_t n, std::int64_t c, std::int64_t stride);

}  // namespace scanyard::kernels
