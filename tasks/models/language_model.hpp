//! The language-model backbone (protocol.md 2.1, 2.3) for R replicas: embedding, `layers` times
//! [mixer, SwiGLU] as pre-norm residual layers, final norm, unembedding. No positions, no dropout.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tasks/catalog/config.hpp"
#include "tasks/models/buffer.hpp"
#include "tasks/models/layer.hpp"

namespace scanyard::models {

/// x <- x + layer(norm(x)).
struct ResidualLayer {
  ParameterIndex norm_weight;
  ParameterIndex norm_bias;
  std::unique_ptr<Layer> layer;
  at::Tensor input;   ///< x of the last forward pass
  at::Tensor normed;  ///< norm(x)
  at::Tensor mean;
  at::Tensor rstd;
  Buffer input_buffer, normed_buffer, mean_buffer, rstd_buffer;
};

/// A mixer by the catalog's name (bdlru, hlru, lstm), with parameters `prefix`... in the layout.
std::unique_ptr<Layer> make_mixer(ParameterLayout& layout, const std::string& prefix,
                                  const catalog::ShapeConfig& shape);

/// Layers and their working memory; parameters are handed in, so that one model serves any number
/// of replicas. Not thread-safe; never moved, because parameters refer to its layout.
class LanguageModel {
 public:
  /// The shape is complete and valid (catalog::parse_shape). `precision` decides the products.
  explicit LanguageModel(const catalog::ShapeConfig& shape);
  LanguageModel(const LanguageModel&) = delete;
  LanguageModel& operator=(const LanguageModel&) = delete;

  const ParameterLayout& layout() const { return layout_; }

  /// ids [R, B, T] int32 -> logits [R, B*T, V] in a buffer that the next call reuses. With
  /// `gradients` what backward() needs is kept. `factors`: the values as factors of products, where
  /// the backend keeps those apart. Only the layout's own Parameters are accepted.
  at::Tensor forward(const Parameters& values, const at::Tensor& ids,
                     const Parameters* gradients = nullptr, const Parameters* factors = nullptr);

  /// Overwrites every gradient, from the gradient by the logits of the last forward(), which must
  /// have been given the same values, gradients and factors.
  void backward(const Parameters& values, const Parameters& gradients, const at::Tensor& dlogits,
                const Parameters* factors = nullptr);

 private:
  Pass pass(const Parameters& values, const Parameters* gradients,
            const Parameters* factors) const;

  catalog::ShapeConfig shape_;
  ParameterLayout layout_;
  ParameterIndex embedding_;
  std::vector<ResidualLayer> layers_;
  ParameterIndex final_weight_;
  ParameterIndex final_bias_;
  std::unique_ptr<Projection> unembedding_;

  at::Tensor ids_;
  at::Tensor last_;  ///< x after the last layer
  at::Tensor final_normed_, final_mean_, final_rstd_;
  Buffer last_buffer_, final_buffer_, final_mean_buffer_, final_rstd_buffer_, logits_buffer_;
  Buffer dx_buffer_, dx_factor_buffer_, dnormed_buffer_;
};

}  // namespace scanyard::models
