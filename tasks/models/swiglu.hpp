//! SwiGLU (protocol.md 2.1): w3(silu(w1 x) * (w2 x)), no biases.
#pragma once

#include <string>

#include "tasks/models/buffer.hpp"
#include "tasks/models/layer.hpp"

namespace scanyard::models {

class SwiGlu final : public Layer {
 public:
  /// Parameters `prefix`w1.weight, w2.weight [inner, width], w3.weight [width, inner].
  SwiGlu(ParameterLayout& layout, const std::string& prefix, std::int64_t width,
         std::int64_t inner);

  void forward(const Pass& pass, const at::Tensor& x, const at::Tensor& residual,
               const at::Tensor& y) override;
  void backward(const Pass& pass, const at::Tensor& dy, const at::Tensor& dx) override;

 private:
  std::int64_t inner_;
  ParameterIndex w1_;  ///< w1 and w2 are neighbours and are multiplied as one matrix
  ParameterIndex w2_;
  Projection w3_;
  at::Tensor x_;
  at::Tensor ab_;
  at::Tensor s_;
  Buffer ab_buffer_;
  Buffer s_buffer_;
  Buffer ds_buffer_;
};

}  // namespace scanyard::models
