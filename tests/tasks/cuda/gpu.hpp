//! The GPU that the tests of this folder run on.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

namespace scanyard::testing {

/// float32 on the GPU; skips the calling test where there is none.
at::TensorOptions gpu();

}  // namespace scanyard::testing
