//! AdamW on a flat block of parameters (decoupled decay, bias correction), as torch.optim.AdamW
//! computes it:
//!   p *= 1 - lr wd;  m += (g - m)(1 - beta1);  v = v beta2 + (1 - beta2) g^2;
//!   p -= lr / (1 - beta1^step) * m / (sqrt(v) / sqrt(1 - beta2^step) + eps).
//! Every replica has its own scalars and step count. Scalars are double; they are rounded to T
//! once, before the loop. Bytes in float32, per parameter: reads 16, writes 12. Elementwise:
//! splitting a block changes no bit. T is float or double. Threads: none inside; calls on disjoint
//! blocks may run at the same time.
#pragma once

#include <cstdint>

namespace scanyard::kernels {

struct AdamwScalars {
  double lr = 1e-3;
  double weight_decay = 0;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  std::int64_t step = 1;  ///< number of this update, from 1
};

/// The scalars of one update in float32, rounded where torch rounds them: what a device is given.
struct AdamwRow {
  float keep;  ///< 1 - lr wd
  float one_minus_beta1;
  float beta2;
  float one_minus_beta2;
  float root_correction;  ///< sqrt(1 - beta2^step)
  float eps;
  float negative_step;  ///< -lr / (1 - beta1^step)
};
AdamwRow adamw_row(const AdamwScalars& scalars);

/// p, m (first moment) and v (second moment) [n] are updated in place from the gradient g [n].
template <class T>
void adamw_step(const AdamwScalars& scalars, const T* g, T* p, T* m, T* v, std::int64_t n);

}  // namespace scanyard::kernels
