//! layers/ and backbones/: outputs and all gradients, in both precisions. Every file is computed
//! for three replicas at once, whose middle one is the file's and whose others have other weights.
#include <ATen/ops/cat.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <fmt/format.h>

#include <memory>
#include <stdexcept>

#include "tasks/catalog/backbone.hpp"
#include "tasks/models/language_model.hpp"
#include "tasks/models/lru.hpp"
#include "tasks/models/lstm.hpp"
#include "tasks/models/swiglu.hpp"
#include "tasks/training/golden/checkers.hpp"

namespace scanyard::golden {
namespace {

constexpr std::int64_t replicas = 3;
constexpr std::int64_t ours = 1;

/// [3, ...]: the tensor in the middle, other values around it.
at::Tensor packed(const at::Tensor& tensor) {
  const at::Tensor one = tensor.unsqueeze(0);
  return at::cat({one.mul(0.5), one, one.mul(-0.75)}).contiguous();
}

/// The model and gate that a file names, in the catalog's words.
catalog::ShapeConfig mixer_shape(const std::string& kind, const nlohmann::json& config,
                                 std::int64_t width) {
  catalog::ShapeConfig shape;
  shape.width = width;
  if (kind == "lstm") {
    shape.model = kind;
    shape.hidden = config.at("hidden").get<std::int64_t>();
    return shape;
  }
  if (kind != "bdlru_sel" && kind != "hlru_sel")
    throw std::runtime_error(fmt::format("unknown mixer '{}'", kind));
  shape.model = kind.substr(0, kind.find('_'));
  shape.gate = config.at("gate").get<std::string>();
  shape.hidden = config.at("H").get<std::int64_t>();
  shape.m = config.at("m").get<std::int64_t>();
  return shape;
}

models::Parameters loaded(Check& check, const models::ParameterLayout& layout,
                          const std::string& prefix, at::ScalarType type) {
  const models::Parameters values(
      layout, at::zeros({replicas, layout.row_elements()}, at::dtype(type).device(check.device())));
  for (std::size_t i = 0; i < layout.entries().size(); ++i)
    values[{i}].copy_(packed(check.input(prefix + layout.entries()[i].name).to(type)));
  return values;
}

void compare_gradients(Check& check, const models::Parameters& gradients, at::ScalarType type) {
  const auto& entries = gradients.layout().entries();
  for (std::size_t i = 0; i < entries.size(); ++i)
    check.near("grad." + entries[i].name, gradients[{i}].select(0, ours), type);
  check.holds("the file's parameters are the layer's",
              check.names_after("param.").size() == entries.size());
}

void layer(Check& check, at::ScalarType type) {
  const auto kind = check.config().at("kind").get<std::string>();
  const at::Tensor x3 = packed(check.input("x").to(check.device(), type));  // [3, B, T, d]
  const std::int64_t tokens = x3.size(1) * x3.size(2);
  const std::int64_t width = x3.size(3);
  models::ParameterLayout layout;
  std::unique_ptr<models::Layer> under_test;
  if (kind == "swiglu") {
    under_test = std::make_unique<models::SwiGlu>(layout, "", width, catalog::swiglu_inner(width));
  } else {
    under_test = models::make_mixer(layout, "", mixer_shape(kind, check.config(), width));
  }
  const models::Parameters values = loaded(check, layout, "param.", type);
  const models::Parameters gradients(layout, at::zeros_like(values.flat()));
  const models::Pass pass{.backend = models::backend_for(check.device().type()),
                          .values = values,
                          .gradients = &gradients,
                          .sequences = x3.size(1),
                          .steps = x3.size(2)};
  const at::Tensor x = x3.view({replicas, tokens, width});
  const at::Tensor y = at::zeros_like(x);
  const at::Tensor dx = at::empty_like(x);
  under_test->forward(pass, x, y, y);
  under_test->backward(pass, packed(check.input("dy").to(check.device(), type)).view_as(x), dx);
  check.near("y", y.select(0, ours), type);
  check.near("grad.x", dx.select(0, ours), type);
  compare_gradients(check, gradients, type);
  if (const auto* lru = dynamic_cast<const models::Lru*>(under_test.get()))
    check.near("extra.h", lru->states().select(0, ours), type);
  if (const auto* lstm = dynamic_cast<const models::Lstm*>(under_test.get()))
    check.near("extra.h", lstm->states().select(0, ours), type);
}

/// The backbone's shape from the file's own list of layers: [mixer, {...}], ["swiglu", {}], and
/// again the same.
catalog::ShapeConfig backbone_shape(Check& check) {
  const auto& config = check.config();
  const auto& layers = config.at("layers");
  if (layers.empty() || layers.size() % 2 != 0)
    throw std::runtime_error("the layers are not pairs of mixer and swiglu");
  for (std::size_t i = 0; i < layers.size(); i += 2) {
    if (layers[i] != layers[0] || layers[i + 1].at(0) != "swiglu")
      throw std::runtime_error("the layers are not pairs of the same mixer and swiglu");
  }
  catalog::ShapeConfig shape = mixer_shape(layers[0].at(0).get<std::string>(), layers[0].at(1),
                                           config.at("d").get<std::int64_t>());
  shape.vocab = config.at("V").get<std::int64_t>();
  shape.layers = std::int64_t(layers.size() / 2);
  return shape;
}

void language_model(Check& check, at::ScalarType type) {
  models::LanguageModel model(backbone_shape(check));
  const models::Parameters values = loaded(check, model.layout(), "param.", type);
  const models::Parameters gradients(model.layout(), at::zeros_like(values.flat()));
  const auto three = [&](const at::Tensor& one) {
    return one.to(check.device(), at::kInt).unsqueeze(0).expand({replicas, -1, -1}).contiguous();
  };
  const at::Tensor ids = three(check.input("ids"));
  const at::Tensor targets = three(check.input("targets")).view({replicas, -1});
  const at::Tensor logits = model.forward(values, ids, &gradients);
  check.near("logits", logits.select(0, ours), type);
  const auto zeros = [&](at::IntArrayRef sizes, at::ScalarType of) {
    return at::zeros(sizes, at::dtype(of).device(check.device()));
  };
  const models::BatchScores scores{zeros({replicas}, at::kDouble), zeros({replicas}, at::kLong),
                                   zeros({replicas}, at::kLong),
                                   zeros({replicas, 3, logits.size(2)}, at::kLong)};
  models::backend_for(check.device().type()).cross_entropy(logits, targets, true, scores);
  check.near("loss", scores.loss_sum.div(scores.scored).select(0, ours), type);
  model.backward(values, gradients, logits);
  compare_gradients(check, gradients, type);
}

}  // namespace

void check_layer(Check& check) {
  if (check.has_float64()) layer(check, at::kDouble);
  layer(check, at::kFloat);
}

void check_language_model(Check& check) {
  if (check.has_float64()) language_model(check, at::kDouble);
  language_model(check, at::kFloat);
}

}  // namespace scanyard::golden
