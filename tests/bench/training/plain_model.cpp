#include "tests/bench/training/plain_model.hpp"

#include <torch/torch.h>

#include <map>

#include "common/assert.hpp"
#include "tasks/catalog/backbone.hpp"

namespace scanyard::bench {
namespace {

namespace nn = torch::nn;

struct BdLruImpl : nn::Module {
  BdLruImpl(std::int64_t d, std::int64_t hidden, std::int64_t m, PlainStep step)
      : hidden(hidden), m(m), step(step) {
    proj_gates = register_module("proj_gates", nn::Linear(d, hidden * m * (m + 1)));
    proj_v = register_module("proj_v", nn::Linear(nn::LinearOptions(d, hidden * m).bias(false)));
    proj_out =
        register_module("proj_out", nn::Linear(nn::LinearOptions(hidden * m, d).bias(false)));
  }

  torch::Tensor forward(const torch::Tensor& x) {
    const auto batch = x.size(0), steps = x.size(1);
    const auto gates = torch::softmax(proj_gates(x).view({batch, steps, hidden, m, m + 1}), -1);
    const auto input = gates.select(-1, m) * proj_v(x).view({batch, steps, hidden, m});
    // Unbound once: slicing inside the loop would add a backward node a step that writes zeros.
    const auto transitions = gates.narrow(-1, 0, m).unbind(1);
    const auto inputs = input.unbind(1);
    auto h = torch::zeros({batch, hidden, m}, x.options());
    std::vector<torch::Tensor> states;
    for (std::int64_t t = 0; t < steps; ++t) {
      const auto& a = transitions[std::size_t(t)];
      h = (step == PlainStep::matmul ? torch::matmul(a, h.unsqueeze(-1)).squeeze(-1)
                                     : (a * h.unsqueeze(-2)).sum(-1)) +
          inputs[std::size_t(t)];
      states.push_back(h);
    }
    return proj_out(torch::stack(states, 1).flatten(2));
  }

  std::int64_t hidden, m;
  PlainStep step;
  nn::Linear proj_gates{nullptr}, proj_v{nullptr}, proj_out{nullptr};
};
TORCH_MODULE(BdLru);

struct SwiGluImpl : nn::Module {
  SwiGluImpl(std::int64_t d, std::int64_t inner) {
    w1 = register_module("w1", nn::Linear(nn::LinearOptions(d, inner).bias(false)));
    w2 = register_module("w2", nn::Linear(nn::LinearOptions(d, inner).bias(false)));
    w3 = register_module("w3", nn::Linear(nn::LinearOptions(inner, d).bias(false)));
  }
  torch::Tensor forward(const torch::Tensor& x) { return w3(torch::silu(w1(x)) * w2(x)); }
  nn::Linear w1{nullptr}, w2{nullptr}, w3{nullptr};
};
TORCH_MODULE(SwiGlu);

/// The backbone of protocol.md 2.1 with one [mixer, swiglu].
struct NetImpl : nn::Module {
  NetImpl(const catalog::ShapeConfig& shape, PlainStep step) {
    const std::int64_t d = shape.width;
    embed = register_module("embed", nn::Embedding(shape.vocab, d));
    norm0 = register_module("norm0", nn::LayerNorm(nn::LayerNormOptions({d})));
    mixer = register_module("mixer", BdLru(d, shape.hidden, shape.m, step));
    norm1 = register_module("norm1", nn::LayerNorm(nn::LayerNormOptions({d})));
    swiglu = register_module("swiglu", SwiGlu(d, catalog::swiglu_inner(d)));
    final_norm = register_module("final_norm", nn::LayerNorm(nn::LayerNormOptions({d})));
    unembed = register_module("unembed", nn::Linear(d, shape.vocab));
  }
  torch::Tensor forward(const torch::Tensor& ids) {
    auto x = embed(ids);
    x = x + mixer(norm0(x));
    x = x + swiglu(norm1(x));
    return unembed(final_norm(x));
  }
  nn::Embedding embed{nullptr};
  nn::LayerNorm norm0{nullptr}, norm1{nullptr}, final_norm{nullptr};
  BdLru mixer{nullptr};
  SwiGlu swiglu{nullptr};
  nn::Linear unembed{nullptr};
};
TORCH_MODULE(Net);

/// The module path of a released name: "layers.0.mix.proj_v.weight" -> "mixer.proj_v.weight".
std::string module_path(const std::string& name) {
  static const std::map<std::string, std::string> starts = {{"layers.0.mix.", "mixer."},
                                                            {"layers.1.mix.", "swiglu."},
                                                            {"layers.0.norm.", "norm0."},
                                                            {"layers.1.norm.", "norm1."}};
  for (const auto& [released, path] : starts) {
    if (name.starts_with(released)) return path + name.substr(released.size());
  }
  return name;
}

}  // namespace

struct PlainModel::Impl {
  Impl(const catalog::ShapeConfig& shape, PlainStep step, double lr)
      : shape(shape),
        net(shape, step),
        optimiser(net->parameters(), torch::optim::AdamWOptions(lr).weight_decay(0)) {}
  catalog::ShapeConfig shape;
  Net net;
  torch::optim::AdamW optimiser;
};

PlainModel::PlainModel(const catalog::ShapeConfig& shape, PlainStep step, double lr)
    : impl_(std::make_unique<Impl>(shape, step, lr)) {
  SCANYARD_ASSERT(shape.layers == 1 && shape.gate == "softmax", "what this model is written for");
}
PlainModel::~PlainModel() = default;

void PlainModel::set(const std::string& name, const std::vector<float>& values) {
  const torch::NoGradGuard no_grad;
  auto* const parameter = impl_->net->named_parameters().find(module_path(name));
  SCANYARD_ASSERT(parameter != nullptr, "the two models have the same parameters");
  parameter->copy_(torch::tensor(values).view_as(*parameter));
}

double PlainModel::train(const std::int64_t* ids, const std::int64_t* targets,
                         std::int64_t sequences) {
  const torch::AutoGradMode with_grad(true);
  const auto load = [&](const std::int64_t* from) {
    return torch::from_blob(const_cast<std::int64_t*>(from), {sequences, impl_->shape.length},
                            torch::kLong);
  };
  impl_->optimiser.zero_grad();
  const auto logits = impl_->net(load(ids));
  const auto loss =
      torch::nn::functional::cross_entropy(logits.flatten(0, 1), load(targets).flatten());
  loss.backward();
  impl_->optimiser.step();
  return loss.item<double>();
}

}  // namespace scanyard::bench
