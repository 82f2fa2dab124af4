//! Table look-up and its gradient. Letters: n tokens of one replica, V rows of the table, d
//! features. Ids are trusted: the caller has checked that they are in 0..V-1.
//! T is float or double. Threads: none inside.
#pragma once

#include <cstdint>

namespace scanyard::kernels {

/// x [n, d] = rows `ids` [n] of table [V, d].
template <class T>
void embedding_forward(const std::int32_t* ids, const T* table, T* x, std::int64_t n,
                       std::int64_t d);

/// dtable [V, d] += rows of dx [n, d], in order of n; the caller zeroes dtable first.
template <class T>
void embedding_backward(const std::int32_t* ids, const T* dx, T* dtable, std::int64_t n,
                        std::int64_t d);

}  // namespace scanyard::kernels
