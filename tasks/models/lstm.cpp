#include "tasks/models/lstm.hpp"

#include <ATen/ops/add.h>

#include <cmath>

namespace scanyard::models {

Lstm::Lstm(ParameterLayout& layout, const std::string& prefix, std::int64_t width,
           std::int64_t hidden)
    : hidden_(hidden),
      input_weight_(layout.add(prefix + "lstm.weight_ih_l0", {4 * hidden, width}, Initial::uniform,
                               1 / std::sqrt(double(hidden)))),
      recurrent_weight_(layout.add(prefix + "lstm.weight_hh_l0", {4 * hidden, hidden},
                                   Initial::uniform, 1 / std::sqrt(double(hidden)))),
      input_bias_(layout.add(prefix + "lstm.bias_ih_l0", {4 * hidden}, Initial::uniform,
                             1 / std::sqrt(double(hidden)))),
      recurrent_bias_(layout.add(prefix + "lstm.bias_hh_l0", {4 * hidden}, Initial::uniform,
                                 1 / std::sqrt(double(hidden)))),
      out_(layout, prefix + "proj_out", hidden, width, false) {}

void Lstm::forward(const Pass& pass, const at::Tensor& x, const at::Tensor& residual,
                   const at::Tensor& y) {
  const std::int64_t replicas = x.size(0);
  const std::int64_t tokens = x.size(1);
  const auto states = [&](Buffer& buffer, std::int64_t features, const at::TensorOptions& type) {
    return buffer.get({replicas, pass.sequences, pass.steps, features}, type);
  };
  x_ = x;
  gates_ = states(gates_buffer_, 4 * hidden_, pass.options());
  cell_ = states(cell_buffer_, hidden_, pass.options());
  hidden_states_ = states(hidden_buffer_, hidden_, pass.factor_options());
  hidden_before_ = states(before_buffer_, hidden_, pass.factor_options());
  at::Tensor bias = bias_buffer_.get({replicas, 4 * hidden_}, pass.options());
  at::add_out(bias, pass.values[input_bias_], pass.values[recurrent_bias_]);
  pass.backend.linear_forward(pass.products, x, pass.weights()[input_weight_], bias,
                              gates_.view({replicas, tokens, -1}), false);
  pass.backend.lstm_forward(pass.products, gates_, pass.weights()[recurrent_weight_], cell_,
                            hidden_states_, hidden_before_);
  out_.forward_residual(pass, hidden_states_.view({replicas, tokens, -1}), residual, y);
}

void Lstm::backward(const Pass& pass, const at::Tensor& dy, const at::Tensor& dx) {
  const std::int64_t replicas = dy.size(0);
  const std::int64_t tokens = dy.size(1);
  const Parameters& gradients = *pass.gradients;
  const at::Tensor dhidden = dhidden_buffer_.get(hidden_states_.sizes(), pass.options());
  out_.backward_input(pass, dy, dhidden.view({replicas, tokens, -1}));
  out_.backward_weight(pass, dy, hidden_states_.view({replicas, tokens, -1}));
  const bool same = pass.factor_options().dtype() == pass.options().dtype();
  const at::Tensor all_dgates =
      same ? gates_ : dgates_buffer_.get(gates_.sizes(), pass.factor_options());
  pass.backend.lstm_backward(pass.products, gates_, pass.weights()[recurrent_weight_], cell_,
                             dhidden, all_dgates);
  const at::Tensor dgates = all_dgates.view({replicas, tokens, -1});
  const at::Tensor dbias = gradients[input_bias_];
  pass.backend.linear_backward_weight(pass.products, dgates, x_, gradients[input_weight_], dbias);
  gradients[recurrent_bias_].copy_(dbias);  // the two biases only ever occur as their sum
  pass.backend.linear_backward_weight(pass.products, dgates,
                                      hidden_before_.view({replicas, tokens, -1}),
                                      gradients[recurrent_weight_], {});
  pass.backend.linear_backward_input(pass.products, dgates, pass.weights()[input_weight_], dx, false);
}

}  // namespace scanyard::models
