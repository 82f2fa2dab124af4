//! Layer normalisation over d on a GPU, for R replicas: y = (x - mean) rstd w + b
//! (kernels/layer_norm.hpp, eps 1e-5). x, y [R, N, d]; w, b [R, d]; mean, rstd [R, N]; float32. One
//! warp a row; weight gradients are summed in chunks of rows and then over chunks, always in the
//! same order.
#pragma once

#include <cstdint>

#include "kernels/cuda/launch.hpp"

namespace scanyard::kernels::cuda {

struct NormShape {
  std::int64_t replicas = 0, tokens = 0, features = 0;
};

Status layer_norm_forward(const NormShape& shape, const float* x, const float* w, const float* b,
                          float* y, float* mean, float* rstd, Stream stream);

/// Elements of the workspace that layer_norm_backward() wants.
std::int64_t layer_norm_workspace(const NormShape& shape);

/// dx += gradient; dw, db are overwritten.
Status layer_norm_backward(const NormShape& shape, const float* dy, const float* x,
                           const float* mean, const float* rstd, const float* w, float* dx,
                           float* dw, float* db, float* workspace, Stream stream);

}  // namespace scanyard::kernels::cuda
