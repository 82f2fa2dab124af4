#include "tasks/models/language_model.hpp"

#include "common/assert.hpp"
#include "tasks/catalog/backbone.hpp"
#include "tasks/models/lru.hpp"
#include "tasks/models/lstm.hpp"
#include "tasks/models/swiglu.hpp"

namespace scanyard::models {
namespace {

std::string layer_name(std::size_t index) {
  return "layers." + std::to_string(index) + ".";
}

}  // namespace

std::unique_ptr<Layer> make_mixer(ParameterLayout& layout, const std::string& prefix,
                                  const catalog::ShapeConfig& shape) {
  if (shape.model == "lstm")
    return std::make_unique<Lstm>(layout, prefix, shape.width, shape.hidden);
  const auto gate = kernels::gate_from_text(shape.gate);
  SCANYARD_ASSERT(gate.has_value(), "the catalog's gates are the kernels' gates");
  SCANYARD_ASSERT(shape.model == "bdlru" || shape.model == "hlru",
                  "the catalog's models are bdlru, hlru and lstm");
  const auto kind = shape.model == "bdlru" ? LruKind::bdlru : LruKind::hlru;
  return std::make_unique<Lru>(layout, prefix,
                               LruShape{kind, *gate, shape.width, shape.hidden, shape.m});
}

LanguageModel::LanguageModel(const catalog::ShapeConfig& shape) : shape_(shape) {
  const std::int64_t d = shape.width;
  embedding_ = layout_.add("embed.weight", {shape.vocab, d}, Initial::normal, linear_deviation);
  for (std::int64_t repeat = 0; repeat < shape.layers; ++repeat) {
    for (const bool mixer : {true, false}) {
      const std::string name = layer_name(layers_.size());
      ResidualLayer& residual = layers_.emplace_back();
      residual.norm_weight = layout_.add(name + "norm.weight", {d}, Initial::ones);
      residual.norm_bias = layout_.add(name + "norm.bias", {d}, Initial::zeros);
      if (mixer) {
        residual.layer = make_mixer(layout_, name + "mix.", shape);
      } else {
        residual.layer =
            std::make_unique<SwiGlu>(layout_, name + "mix.", d, catalog::swiglu_inner(d));
      }
    }
  }
  final_weight_ = layout_.add("final_norm.weight", {d}, Initial::ones);
  final_bias_ = layout_.add("final_norm.bias", {d}, Initial::zeros);
  unembedding_ = std::make_unique<Projection>(layout_, "unembed", d, shape.vocab, true);
}

Pass LanguageModel::pass(const Parameters& values, const Parameters* gradients,
                         const Parameters* factors) const {
  SCANYARD_ASSERT(&values.layout() == &layout_, "parameters belong to this model");
  return {
      .backend = backend_for(values.flat().device().type()),
      .products = shape_.precision == catalog::Precision::bf16 ? Products::bf16 : Products::native,
      .values = values,
      .gradients = gradients,
      .sequences = ids_.size(1),
      .steps = ids_.size(2),
      .factors = factors};
}

at::Tensor LanguageModel::forward(const Parameters& values, const at::Tensor& ids,
                                  const Parameters* gradients, const Parameters* factors) {
  SCANYARD_ASSERT(ids.dim() == 3 && ids.size(0) == values.replicas(), "ids are [R, B, T]");
  ids_ = ids;
  const Pass run = pass(values, gradients, factors);
  const std::int64_t replicas = ids.size(0);
  const std::int64_t tokens = ids.size(1) * ids.size(2);
  const auto get = [&](Buffer& buffer, std::int64_t features) {
    return buffer.get({replicas, tokens, features}, run.options());
  };
  const auto get_factor = [&](Buffer& buffer, std::int64_t features) {
    return buffer.get({replicas, tokens, features}, run.factor_options());
  };
  const auto get_scalars = [&](Buffer& buffer) {
    return buffer.get({replicas, tokens}, run.options());
  };
  const auto normalise = [&](const at::Tensor& x, ParameterIndex weight, ParameterIndex bias,
                             const at::Tensor& y, const at::Tensor& mean, const at::Tensor& rstd) {
    run.backend.layer_norm_forward(x, values[weight], values[bias], y, mean, rstd);
  };

  at::Tensor x = get(layers_.front().input_buffer, shape_.width);
  run.backend.embedding_forward(ids.view({replicas, tokens}), values[embedding_], x);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    ResidualLayer& residual = layers_[i];
    residual.normed = get_factor(residual.normed_buffer, shape_.width);
    residual.mean = get_scalars(residual.mean_buffer);
    residual.rstd = get_scalars(residual.rstd_buffer);
    residual.input = x;
    normalise(x, residual.norm_weight, residual.norm_bias, residual.normed, residual.mean,
              residual.rstd);
    if (run.training()) {  // the backward pass needs x as it was; an evaluation adds in place
      const bool last = i + 1 == layers_.size();
      x = get(last ? last_buffer_ : layers_[i + 1].input_buffer, shape_.width);
    }
    residual.layer->forward(run, residual.normed, residual.input, x);
  }
  last_ = x;
  final_normed_ = get_factor(final_buffer_, shape_.width);
  final_mean_ = get_scalars(final_mean_buffer_);
  final_rstd_ = get_scalars(final_rstd_buffer_);
  normalise(x, final_weight_, final_bias_, final_normed_, final_mean_, final_rstd_);
  const at::Tensor logits = get_factor(logits_buffer_, shape_.vocab);
  unembedding_->forward(run, final_normed_, logits);
  return logits;
}

void LanguageModel::backward(const Parameters& values, const Parameters& gradients,
                             const at::Tensor& dlogits, const Parameters* factors) {
  const Pass run = pass(values, &gradients, factors);
  const at::Tensor dx = dx_buffer_.get(last_.sizes(), run.options());
  const bool same = run.factor_options().dtype() == run.options().dtype();
  const at::Tensor dx_factor =
      same ? dx : dx_factor_buffer_.get(last_.sizes(), run.factor_options());
  const at::Tensor dnormed = dnormed_buffer_.get(last_.sizes(), run.factor_options());
  unembedding_->backward_weight(run, dlogits, final_normed_);
  unembedding_->backward_input(run, dlogits, dnormed);
  run.backend.layer_norm_backward(dnormed, last_, final_mean_, final_rstd_, values[final_weight_],
                                  false, dx, dx_factor, gradients[final_weight_],
                                  gradients[final_bias_]);
  for (auto residual = layers_.rbegin(); residual != layers_.rend(); ++residual) {
    residual->layer->backward(run, dx_factor, dnormed);
    run.backend.layer_norm_backward(dnormed, residual->input, residual->mean, residual->rstd,
                                    values[residual->norm_weight], true, dx, dx_factor,
                                    gradients[residual->norm_weight],
                                    gradients[residual->norm_bias]);
  }
  run.backend.embedding_backward(ids_.view({ids_.size(0), -1}), dx, gradients[embedding_]);
}

}  // namespace scanyard::models
