#include "kernels/swiglu.hpp"

#include "kernels/simd.hpp"

namespace scanyard::kernels {
namespace {

template <class T>
SCANYARD_INLINE void forward(const T* ab, T* s, std::int64_t n, std::int64_t f) {
  for (std::int64_t i = 0; i < n; ++i, ab += 2 * f, s += f) {
    SCANYARD_SIMD
    for (std::int64_t j = 0; j < f; ++j)
      s[j] = ab[j] * sigmoid_of(ab[j]) * ab[f + j];
  }
}

template <class T>
SCANYARD_INLINE void backward(const T* ab, const T* ds, T* dab, std::int64_t n, std::int64_t f) {
  for (std::int64_t i = 0; i < n; ++i, ab += 2 * f, ds += f, dab += 2 * f) {
    SCANYARD_SIMD
    for (std::int64_t j = 0; j < f; ++j) {
      const T a = ab[j];
      const T b = ab[f + j];
      const T sigmoid = sigmoid_of(a);
      dab[j] = ds[j] * b * (sigmoid * (T(1) + a * (T(1) - sigmoid)));
      dab[f + j] = ds[j] * (a * sigmoid);
    }
  }
}

SCANYARD_CLONES void forward_float(const float* ab, float* s, std::int64_t n, std::int64_t f) {
  forward(ab, s, n, f);
}
SCANYARD_CLONES void backward_float(const float* ab, const float* ds, float* dab, std::int64_t n,
                                    std::int64_t f) {
  backward(ab, ds, dab, n, f);
}

}  // namespace

template <>
void swiglu_forward(const float* ab, float* s, std::int64_t n, std::int64_t f) {
  forward_float(ab, s, n, f);
}
template <>
void swiglu_forward(const double* ab, double* s, std::int64_t n, std::int64_t f) {
  forward(ab, s, n, f);
}
template <>
void swiglu_backward(const float* ab, const float* ds, float* dab, std::int64_t n, std::int64_t f) {
  backward_float(ab, ds, dab, n, f);
}
template <>
void swiglu_backward(const double* ab, const double* ds, double* dab, std::int64_t n,
                     std::int64_t f) {
  backward(ab, ds, dab, n, f);
}

}  // namespace scanyard::kernels
