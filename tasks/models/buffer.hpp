//! Memory that a layer keeps from step to step instead of asking for it every time.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

namespace scanyard::models {

/// Uninitialised storage that grows to the largest tensor asked for. Not thread-safe.
class Buffer {
 public:
  /// A contiguous tensor in this storage; earlier tensors of this buffer share it.
  at::Tensor get(at::IntArrayRef sizes, const at::TensorOptions& options) {
    const std::int64_t count = c10::multiply_integers(sizes);
    const bool fits = storage_.defined() && storage_.numel() >= count &&
                      storage_.dtype() == options.dtype() && storage_.device() == options.device();
    if (!fits) {
      storage_ = at::Tensor();  // given back first, so that old and new never stand side by side
      storage_ = at::empty({count}, options);
    }
    return storage_.narrow(0, 0, count).view(sizes);
  }

  void release() { storage_ = at::Tensor(); }

 private:
  at::Tensor storage_;
};

}  // namespace scanyard::models
