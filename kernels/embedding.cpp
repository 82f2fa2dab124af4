#include "kernels/embedding.hpp"

#include <cstring>

#include "kernels/simd.hpp"

namespace scanyard::kernels {

template <class T>
void embedding_forward(const std::int32_t* ids, const T* table, T* x, std::int64_t n,
                       std::int64_t d) {
  for (std::int64_t i = 0; i < n; ++i)
    std::memcpy(x + i * d, table + ids[i] * d, sizeof(T) * static_cast<std::size_t>(d));
}

template <class T>
void embedding_backward(const std::int32_t* ids, const T* dx, T* dtable, std::int64_t n,
                        std::int64_t d) {
  for (std::int64_t i = 0; i < n; ++i) {
    T* const row = dtable + ids[i] * d;
    const T* const share = dx + i * d;
    SCANYARD_SIMD
    for (std::int64_t j = 0; j < d; ++j)
      row[j] += share[j];
  }
}

template void embedding_forward(const std::int32_t*, const float*, float*, std::int64_t,
                                std::int64_t);
template void embedding_forward(const std::int32_t*, const double*, double*, std::int64_t,
                                std::int64_t);
template void embedding_backward(const std::int32_t*, const float*, float*, std::int64_t,
                                 std::int64_t);
template void embedding_backward(const std::int32_t*, const double*, double*, std::int64_t,
                                 std::int64_t);

}  // namespace scanyard::kernels
