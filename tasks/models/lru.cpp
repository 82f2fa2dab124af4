#include "tasks/models/lru.hpp"

namespace scanyard::models {

std::int64_t Lru::inputs(const LruShape& shape) {
  return shape.kind == LruKind::bdlru ? shape.hidden * shape.m : shape.hidden;
}

Lru::Lru(ParameterLayout& layout, const std::string& prefix, const LruShape& shape)
    : shape_(shape),
      gates_(layout, prefix + "proj_gates", shape.width, inputs(shape) * (shape.m + 1), true),
      values_(layout, prefix + "proj_v", shape.width, inputs(shape), false),
      out_(layout, prefix + "proj_out", shape.hidden * shape.m, shape.width, false) {}

void Lru::forward(const Pass& pass, const at::Tensor& x, const at::Tensor& residual,
                  const at::Tensor& y) {
  const std::int64_t replicas = x.size(0);
  const std::int64_t tokens = x.size(1);
  const at::TensorOptions projected =
      pass.products == Products::bf16 ? pass.options().dtype(at::kBFloat16) : pass.options();
  x_ = x;
  z_ = z_buffer_.get({replicas, tokens, inputs(shape_) * (shape_.m + 1)}, projected);
  v_ = v_buffer_.get({replicas, tokens, inputs(shape_)}, projected);
  states_ = states_buffer_.get({replicas, pass.sequences, pass.steps, shape_.hidden, shape_.m},
                               pass.factor_options());
  gates_.forward(pass, x, z_);
  values_.forward(pass, x, v_);
  if (shape_.kind == LruKind::bdlru) {
    pass.backend.bdlru_forward(shape_.gate, z_, v_, states_);
  } else {
    pass.backend.hlru_forward(shape_.gate, z_, v_, states_);
  }
  out_.forward_residual(pass, states_.view({replicas, tokens, -1}), residual, y);
}

void Lru::backward(const Pass& pass, const at::Tensor& dy, const at::Tensor& dx) {
  const at::Tensor states = states_.view({dy.size(0), dy.size(1), -1});
  const at::Tensor dstates = dstates_buffer_.get(states.sizes(), pass.factor_options());
  const at::Tensor dz = dz_buffer_.get(z_.sizes(), z_.options());
  const at::Tensor dv = dv_buffer_.get(v_.sizes(), v_.options());
  out_.backward_input(pass, dy, dstates);
  out_.backward_weight(pass, dy, states);
  if (shape_.kind == LruKind::bdlru) {
    pass.backend.bdlru_backward(shape_.gate, z_, v_, states_, dstates, dz, dv);
  } else {
    pass.backend.hlru_backward(shape_.gate, z_, v_, states_, dstates, dz, dv);
  }
  gates_.backward_weight(pass, dz, x_);
  values_.backward_weight(pass, dv, x_);
  gates_.backward_input(pass, dz, dx);
  values_.backward_input_add(pass, dv, dx);
}

}  // namespace scanyard::models
