//! Batched matrix products over the replica axis, in the tensors' type or with factors rounded to
//! bf16.
#pragma once

#include <ATen/core/Tensor.h>

#include "tasks/models/backend.hpp"

namespace scanyard::cuda {

/// out[r] = a[r] b[r], or += with `add`; a [R, n, k], b [R, k, m], any strides. out may be float32
/// or bf16.
void multiply(models::Products products, const at::Tensor& a, const at::Tensor& b,
              const at::Tensor& out, bool add);

}  // namespace scanyard::cuda
