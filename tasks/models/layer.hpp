//! What every layer of the residual chain offers, for R replicas at once.
//!
//! Layers have a written backward pass instead of an autograd graph: a training step is then a
//! fixed list of operations on memory that is there already, which is what small models on a CPU
//! spend their time on, and what a CUDA graph can record.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

#include "tasks/models/backend.hpp"
#include "tasks/models/parameters.hpp"

namespace scanyard::models {

/// What a pass is run with. References outlive the pass only.
struct Pass {
  Backend& backend;
  Products products = Products::native;
  const Parameters& values;
  const Parameters* gradients = nullptr;  ///< nullptr: evaluation, nothing is kept for backward
  std::int64_t sequences = 0;             ///< B
  std::int64_t steps = 0;                 ///< T
  const Parameters* factors = nullptr;    ///< values as factors of products; nullptr = values

  bool training() const { return gradients != nullptr; }
  /// [R, B*T, features], of the parameters' type and device.
  at::TensorOptions options() const { return values.flat().options(); }
  /// The same of what products read.
  at::TensorOptions factor_options() const {
    return options().dtype(backend.factor_type(products, values.flat().scalar_type()));
  }
  const Parameters& weights() const { return factors ? *factors : values; }
};

/// x and y are [R, N, d] with N = B*T, sequence by sequence. Not thread-safe.
class Layer {
 public:
  virtual ~Layer() = default;

  /// y = residual + layer(x); y may be the residual. x, a factor, must stay as it is until the
  /// backward pass.
  virtual void forward(const Pass& pass, const at::Tensor& x, const at::Tensor& residual,
                       const at::Tensor& y) = 0;
  /// dx = gradient by the x of the last forward pass, and gradients of this layer's parameters,
  /// both overwritten. dy is the gradient by y and is left alone. Both are factors.
  virtual void backward(const Pass& pass, const at::Tensor& dy, const at::Tensor& dx) = 0;
};

/// A linear map within a layer: weight [out, in] and maybe bias [out].
class Projection {
 public:
  /// Appends `name`.weight, and `name`.bias where wanted, to the layout (protocol.md 2.1: weights
  /// N(0, 0.02^2), biases 0).
  Projection(ParameterLayout& layout, const std::string& name, std::int64_t in, std::int64_t out,
             bool bias);

  /// y = x w^T + b.
  void forward(const Pass& pass, const at::Tensor& x, const at::Tensor& y) const;
  /// y = residual + x w^T; without a bias only.
  void forward_residual(const Pass& pass, const at::Tensor& x, const at::Tensor& residual,
                        const at::Tensor& y) const;
  /// dx = dy w.
  void backward_input(const Pass& pass, const at::Tensor& dy, const at::Tensor& dx) const;
  /// dx += dy w.
  void backward_input_add(const Pass& pass, const at::Tensor& dy, const at::Tensor& dx) const;
  /// Gradients of weight and bias.
  void backward_weight(const Pass& pass, const at::Tensor& dy, const at::Tensor& x) const;

 private:
  ParameterIndex weight_;
  std::optional<ParameterIndex> bias_;
};

}  // namespace scanyard::models
