#include "kernels/adamw.hpp"

#include <cmath>

#include "kernels/simd.hpp"

namespace scanyard::kernels {
namespace {

/// The scalars of one update in the parameters' type, rounded where torch rounds them.
template <class T>
struct Rounded {
  T keep;  ///< 1 - lr wd
  T one_minus_beta1;
  T beta2;
  T one_minus_beta2;
  T root_correction;  ///< sqrt(1 - beta2^step)
  T eps;
  T negative_step;  ///< -lr / (1 - beta1^step)
};

template <class T>
Rounded<T> rounded(const AdamwScalars& s) {
  const double correction1 = 1 - std::pow(s.beta1, double(s.step));
  const double correction2 = 1 - std::pow(s.beta2, double(s.step));
  return {T(1 - s.lr * s.weight_decay),
          T(1 - s.beta1),
          T(s.beta2),
          T(1 - s.beta2),
          T(std::sqrt(correction2)),
          T(s.eps),
          T(-s.lr / correction1)};
}

template <class T>
SCANYARD_INLINE void update(const Rounded<T>& s, const T* g, T* p, T* m, T* v, std::int64_t n) {
  SCANYARD_SIMD
  for (std::int64_t i = 0; i < n; ++i) {
    const T gradient = g[i];
    const T first = m[i] + s.one_minus_beta1 * (gradient - m[i]);
    const T second = v[i] * s.beta2 + (s.one_minus_beta2 * gradient) * gradient;
    const T divisor = std::sqrt(second) / s.root_correction + s.eps;
    m[i] = first;
    v[i] = second;
    p[i] = p[i] * s.keep + (s.negative_step * first) / divisor;
  }
}

SCANYARD_CLONES void update_float(const Rounded<float>& s, const float* g, float* p, float* m,
                                  float* v, std::int64_t n) {
  update(s, g, p, m, v, n);
}
SCANYARD_CLONES void update_double(const Rounded<double>& s, const double* g, double* p, double* m,
                                   double* v, std::int64_t n) {
  update(s, g, p, m, v, n);
}

}  // namespace

AdamwRow adamw_row(const AdamwScalars& scalars) {
  const Rounded<float> s = rounded<float>(scalars);
  return {s.keep,  s.one_minus_beta1, s.beta2,        s.one_minus_beta2, s.root_correction,
          s.eps,   s.negative_step};
}

template <>
void adamw_step(const AdamwScalars& scalars, const float* g, float* p, float* m, float* v,
                std::int64_t n) {
  update_float(rounded<float>(scalars), g, p, m, v, n);
}

template <>
void adamw_step(const AdamwScalars& scalars, const double* g, double* p, double* m, double* v,
                std::int64_t n) {
  update_double(rounded<double>(scalars), g, p, m, v, n);
}

}  // namespace scanyard::kernels
