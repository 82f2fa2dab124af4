//! Tensors as the kernels want them.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/cuda/CUDAStream.h>

#include "kernels/cuda/launch.hpp"
#include "kernels/types.hpp"

namespace scanyard::cuda {

inline kernels::cuda::Stream stream() {
  return c10::cuda::getCurrentCUDAStream().stream();
}

inline void check(kernels::cuda::Status status, const char* operation) {
  TORCH_CHECK(status == 0, operation, " failed on the GPU: ", kernels::cuda::describe(status));
}

inline float* floats(const at::Tensor& x) {
  return x.mutable_data_ptr<float>();
}
inline kernels::Bf16* halves(const at::Tensor& x) {
  return reinterpret_cast<kernels::Bf16*>(x.mutable_data_ptr<at::BFloat16>());
}
inline bool is_bf16(const at::Tensor& x) {
  return x.scalar_type() == at::kBFloat16;
}

/// Calls `work` with the tensor's elements, float or Bf16.
template <class Work>
void with_factor(const at::Tensor& x, const Work& work) {
  if (is_bf16(x)) {
    work(halves(x));
  } else {
    work(floats(x));
  }
}

}  // namespace scanyard::cuda
