//! One LSTM layer in PyTorch's form (protocol.md 3.7): gate order i, f, g, o, two bias vectors,
//! zero initial state; its states are projected back to the model's width without a bias.
#pragma once

#include <string>

#include "tasks/models/buffer.hpp"
#include "tasks/models/layer.hpp"

namespace scanyard::models {

class Lstm final : public Layer {
 public:
  /// Parameters `prefix`lstm.weight_ih_l0 [4h, d], lstm.weight_hh_l0 [4h, h], lstm.bias_ih_l0 and
  /// lstm.bias_hh_l0 [4h], proj_out.weight [d, h].
  Lstm(ParameterLayout& layout, const std::string& prefix, std::int64_t width, std::int64_t hidden);

  void forward(const Pass& pass, const at::Tensor& x, const at::Tensor& residual,
               const at::Tensor& y) override;
  void backward(const Pass& pass, const at::Tensor& dy, const at::Tensor& dx) override;

  /// States of the last forward pass: [R, B, T, h].
  const at::Tensor& states() const { return hidden_states_; }

 private:
  std::int64_t hidden_;
  ParameterIndex input_weight_;
  ParameterIndex recurrent_weight_;
  ParameterIndex input_bias_;
  ParameterIndex recurrent_bias_;
  Projection out_;
  at::Tensor x_;
  at::Tensor gates_;          ///< [R, B, T, 4h]
  at::Tensor cell_;           ///< [R, B, T, h]
  at::Tensor hidden_states_;  ///< [R, B, T, h]
  at::Tensor hidden_before_;  ///< the same, one step later
  Buffer gates_buffer_, cell_buffer_, hidden_buffer_, before_buffer_, dhidden_buffer_;
  Buffer bias_buffer_, dgates_buffer_;
};

}  // namespace scanyard::models
