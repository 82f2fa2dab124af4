//! The product inside SwiGLU: s = silu(a) * b, silu(a) = a * sigmoid(a). Elementwise, rows of
//! [a | b] as one matrix product leaves them. Letters: n rows, f inner features.
//! Bytes: forward 3nf values, backward 5nf. T is float or double. Threads: none inside.
#pragma once

#include <cstdint>

namespace scanyard::kernels {

/// ab [n, 2f] -> s [n, f].
template <class T>
void swiglu_forward(const T* ab, T* s, std::int64_t n, std::int64_t f);

/// dab [n, 2f] from ab and ds [n, f]; dab may be ab.
template <class T>
void swiglu_backward(const T* ab, const T* ds, T* dab, std::int64_t n, std::int64_t f);

}  // namespace scanyard::kernels
