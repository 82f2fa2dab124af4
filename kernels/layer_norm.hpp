//! Layer normalisation over the last axis (protocol.md 2: affine, eps 1e-5), rows independent.
//! Letters: n rows (tokens of one replica), d features. Bytes: forward reads and writes n*d values
//! once, backward reads x and dy and updates dx; both are bound by memory, so the backward pass
//! normalises x again instead of keeping the result.
//! T is float or double. Threads: none inside; calls on disjoint rows may run at the same time.
#pragma once

#include <cstdint>

namespace scanyard::kernels {

inline constexpr double layer_norm_eps = 1e-5;

/// y = (x - mean) * rstd * w + b. x, y [n, d]; w, b [d]; mean, rstd [n] are kept for backward.
template <class T>
void layer_norm_forward(const T* x, const T* w, const T* b, T* y, T* mean, T* rstd, std::int64_t n,
                        std::int64_t d);

/// dx [n, d] += the gradient by x; dw, db [d] += this call's share, rows added in order.
template <class T>
void layer_norm_backward(const T* dy, const T* x, const T* mean, const T* rstd, const T* w, T* dx,
                         T* dw, T* db, std::int64_t n, std::int64_t d);

}  // namespace scanyard::kernels
