//! Sums over rows, the gradient of a bias. Letters: n rows, c columns, rows `stride` apart.
//! Every column is added in order of its rows, so the result does not depend on how columns are
//! shared out. T is float or double. Threads: none inside; calls on disjoint columns may run at
//! the same time.
#pragma once

#include <cstdint>

namespace scanyard::kernels {

/// sum [c] = column sums of x [n, c].
template <class T>
void column_sum(const T* x, T* sum, std::int64_t n, std::int64_t c, std::int64_t stride);

}  // namespace scanyard::kernels
