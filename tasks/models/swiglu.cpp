#include "tasks/models/swiglu.hpp"

namespace scanyard::models {

SwiGlu::SwiGlu(ParameterLayout& layout, const std::string& prefix, std::int64_t width,
               std::int64_t inner)
    : inner_(inner),
      w1_(layout.add(prefix + "w1.weight", {inner, width}, Initial::normal, linear_deviation)),
      w2_(layout.add_joined(prefix + "w2.weight", {inner, width}, Initial::normal,
                            linear_deviation)),
      w3_(layout, prefix + "w3", inner, width, false) {}

void SwiGlu::forward(const Pass& pass, const at::Tensor& x, const at::Tensor& residual,
                     const at::Tensor& y) {
  const std::int64_t replicas = x.size(0);
  const std::int64_t tokens = x.size(1);
  x_ = x;
  ab_ = ab_buffer_.get({replicas, tokens, 2 * inner_}, pass.factor_options());
  s_ = s_buffer_.get({replicas, tokens, inner_}, pass.factor_options());
  pass.backend.linear_forward(pass.products, x, pass.weights().joined(w1_, w2_), {}, ab_, false);
  pass.backend.swiglu_forward(ab_, s_);
  w3_.forward_residual(pass, s_, residual, y);
}

void SwiGlu::backward(const Pass& pass, const at::Tensor& dy, const at::Tensor& dx) {
  const at::Tensor ds = ds_buffer_.get(s_.sizes(), pass.factor_options());
  w3_.backward_input(pass, dy, ds);
  w3_.backward_weight(pass, dy, s_);
  pass.backend.swiglu_backward(ab_, ds, ab_);
  pass.backend.linear_backward_weight(pass.products, ab_, x_, pass.gradients->joined(w1_, w2_), {});
  pass.backend.linear_backward_input(pass.products, ab_, pass.weights().joined(w1_, w2_), dx, false);
}

}  // namespace scanyard::models
