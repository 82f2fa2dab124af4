//! Layer normalisation over d on a GPU, for R replicas: y = (x - mean) rstd w + b
//! (kernels/layer_norm.hpp, eps 1e-5). x [R, N, d]; mean, rstd [R, N]; w, b: rows of d, `stride`
//! elements from one replica to the next. Arithmetic in float32; Factor (float or Bf16) is what
//! matrix products read and write. One warp a row, which it keeps in registers; weight gradients
//! are summed in chunks of rows and then over chunks, always in the same order.
//!
//! Bytes of a row: forward 4d read, sizeof(Factor) d written; backward (8 + sizeof(Factor)) d read,
//! (4 + sizeof(Factor)) d written.
#pragma once

#include <cstdint>

#include "kernels/cuda/launch.hpp"

namespace scanyard::kernels::cuda {

/// Largest d (of a d that is no multiple of 4: a quarter of it).
inline constexpr std::int64_t norm_features_max = 1024;

struct NormShape {
  std::int64_t replicas = 0, tokens = 0, features = 0;
  std::int64_t stride = 0;  ///< of w, b, dw and db, elements from replica to replica
};

template <class Factor>
Status layer_norm_forward(const NormShape& shape, const float* x, const float* w, const float* b,
                          Factor* y, float* mean, float* rstd, Stream stream);

/// Elements of the workspace that layer_norm_backward() wants.
std::int64_t layer_norm_workspace(const NormShape& shape);

template <class Factor>
struct NormGradients {
  const Factor* dy = nullptr;
  const float* residual = nullptr;  ///< [R, N, d], added to dx; nullptr = zeros; may be dx
  float* dx = nullptr;
  Factor* dx_factor = nullptr;  ///< dx once more for products; nullptr = not wanted
  float* dw = nullptr;
  float* db = nullptr;
  float* workspace = nullptr;
  unsigned* counters = nullptr;  ///< [R], zeros before and after
};

/// Everything is overwritten.
template <class Factor>
Status layer_norm_backward(const NormShape& shape, const float* x, const float* mean,
                           const float* rstd, const float* w, const NormGradients<Factor>& to,
                           Stream stream);

}  // namespace scanyard::kernels::cuda
