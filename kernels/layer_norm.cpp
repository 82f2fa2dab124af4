#include "kernels/layer_norm.hpp"

#include "kernels/simd.hpp"

namespace scanyard::kernels {
namespace {

template <class T>
SCANYARD_INLINE void forward(const T* x, const T* w, const T* b, T* y, T* mean, T* rstd,
                             std::int64_t n, std::int64_t d) {
  for (std::int64_t i = 0; i < n; ++i, x += d, y += d) {
    T sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t j = 0; j < d; ++j)
      sum += x[j];
    const T mu = sum / T(d);
    T squares = 0;
#pragma omp simd reduction(+ : squares)
    for (std::int64_t j = 0; j < d; ++j)
      squares += (x[j] - mu) * (x[j] - mu);
    const T r = T(1) / std::sqrt(squares / T(d) + T(layer_norm_eps));
    SCANYARD_SIMD
    for (std::int64_t j = 0; j < d; ++j)
      y[j] = (x[j] - mu) * r * w[j] + b[j];
    mean[i] = mu;
    rstd[i] = r;
  }
}

/// With g = dy * w and xh = (x - mean) * rstd: dx += rstd * (g - mean(g) - xh * mean(g * xh)).
template <class T>
SCANYARD_INLINE void backward(const T* dy, const T* x, const T* mean, const T* rstd, const T* w,
                              T* dx, T* dw, T* db, std::int64_t n, std::int64_t d) {
  for (std::int64_t i = 0; i < n; ++i, x += d, dy += d, dx += d) {
    const T mu = mean[i];
    const T r = rstd[i];
    T sum_g = 0;
    T sum_gx = 0;
#pragma omp simd reduction(+ : sum_g, sum_gx)
    for (std::int64_t j = 0; j < d; ++j) {
      const T g = dy[j] * w[j];
      sum_g += g;
      sum_gx += g * ((x[j] - mu) * r);
    }
    const T mean_g = sum_g / T(d);
    const T mean_gx = sum_gx / T(d);
    SCANYARD_SIMD
    for (std::int64_t j = 0; j < d; ++j) {
      const T xh = (x[j] - mu) * r;
      dx[j] += r * (dy[j] * w[j] - mean_g - xh * mean_gx);
      dw[j] += dy[j] * xh;
      db[j] += dy[j];
    }
  }
}

// The usual widths are constants: the compiler then unrolls whole rows, which short rows need to
// keep the vector units busy.

SCANYARD_CLONES void forward_float(const float* x, const float* w, const float* b, float* y,
                                   float* mean, float* rstd, std::int64_t n, std::int64_t d) {
  switch (d) {
    case 32: return forward(x, w, b, y, mean, rstd, n, 32);
    case 64: return forward(x, w, b, y, mean, rstd, n, 64);
    case 128: return forward(x, w, b, y, mean, rstd, n, 128);
    default: return forward(x, w, b, y, mean, rstd, n, d);
  }
}
SCANYARD_CLONES void backward_float(const float* dy, const float* x, const float* mean,
                                    const float* rstd, const float* w, float* dx, float* dw,
                                    float* db, std::int64_t n, std::int64_t d) {
  switch (d) {
    case 32: return backward(dy, x, mean, rstd, w, dx, dw, db, n, 32);
    case 64: return backward(dy, x, mean, rstd, w, dx, dw, db, n, 64);
    case 128: return backward(dy, x, mean, rstd, w, dx, dw, db, n, 128);
    default: return backward(dy, x, mean, rstd, w, dx, dw, db, n, d);
  }
}

}  // namespace

template <>
void layer_norm_forward(const float* x, const float* w, const float* b, float* y, float* mean,
                        float* rstd, std::int64_t n, std::int64_t d) {
  forward_float(x, w, b, y, mean, rstd, n, d);
}
template <>
void layer_norm_forward(const double* x, const double* w, const double* b, double* y, double* mean,
                        double* rstd, std::int64_t n, std::int64_t d) {
  forward(x, w, b, y, mean, rstd, n, d);
}
template <>
void layer_norm_backward(const float* dy, const float* x, const float* mean, const float* rstd,
                         const float* w, float* dx, float* dw, float* db, std::int64_t n,
                         std::int64_t d) {
  backward_float(dy, x, mean, rstd, w, dx, dw, db, n, d);
}
template <>
void layer_norm_backward(const double* dy, const double* x, const double* mean, const double* rstd,
                         const double* w, double* dx, double* dw, double* db, std::int64_t n,
                         std::int64_t d) {
  backward(dy, x, mean, rstd, w, dx, dw, db, n, d);
}

}  // namespace scanyard::kernels
