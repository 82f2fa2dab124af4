#include "tasks/models/layer.hpp"

namespace scanyard::models {

Projection::Projection(ParameterLayout& layout, const std::string& name, std::int64_t in,
                       std::int64_t out, bool bias)
    : weight_(layout.add(name + ".weight", {out, in}, Initial::normal, linear_deviation)) {
  if (bias) bias_ = layout.add(name + ".bias", {out}, Initial::zeros);
}

void Projection::forward(const Pass& pass, const at::Tensor& x, const at::Tensor& y) const {
  const at::Tensor bias = bias_ ? pass.weights()[*bias_] : at::Tensor();
  pass.backend.linear_forward(pass.products, x, pass.weights()[weight_], bias, y, false);
}

void Projection::forward_residual(const Pass& pass, const at::Tensor& x,
                                  const at::Tensor& residual, const at::Tensor& y) const {
  pass.backend.linear_forward_residual(pass.products, x, pass.weights()[weight_], residual, y);
}

void Projection::backward_input(const Pass& pass, const at::Tensor& dy,
                                const at::Tensor& dx) const {
  pass.backend.linear_backward_input(pass.products, dy, pass.weights()[weight_], dx, false);
}

void Projection::backward_input_add(const Pass& pass, const at::Tensor& dy,
                                    const at::Tensor& dx) const {
  pass.backend.linear_backward_input(pass.products, dy, pass.weights()[weight_], dx, true);
}

void Projection::backward_weight(const Pass& pass, const at::Tensor& dy,
                                 const at::Tensor& x) const {
  const Parameters& gradients = *pass.gradients;
  const at::Tensor db = bias_ ? gradients[*bias_] : at::Tensor();
  pass.backend.linear_backward_weight(pass.products, dy, x, gradients[weight_], db);
}

}  // namespace scanyard::models
