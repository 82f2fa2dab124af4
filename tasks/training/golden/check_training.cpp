//! training/: twenty AdamW steps of the language-model backbone, with the trainer's own step.
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

#include "tasks/data/schedule.hpp"
#include "tasks/training/golden/checkers.hpp"
#include "tasks/training/pack_model.hpp"

namespace scanyard::golden {
namespace {

catalog::ShapeConfig shape_of(const nlohmann::json& config) {
  const auto& layers = config.at("layers");
  if (layers.size() != 2 || layers[0].at(0) != "bdlru_sel" || layers[1].at(0) != "swiglu")
    throw std::runtime_error("the layers are not [bdlru_sel, swiglu]");
  catalog::ShapeConfig shape;
  shape.model = "bdlru";
  shape.gate = layers[0].at(1).at("gate").get<std::string>();
  shape.hidden = layers[0].at(1).at("H").get<std::int64_t>();
  shape.m = layers[0].at(1).at("m").get<std::int64_t>();
  shape.width = config.at("d").get<std::int64_t>();
  shape.vocab = config.at("V").get<std::int64_t>();
  shape.layers = 1;
  shape.epochs = config.at("epochs").get<std::int64_t>();
  return shape;
}

/// Allowances of one precision (README, "Tolerances").
struct Allowed {
  Tolerance loss, final, moments, norm;
};

Allowed allowed(bool wide) {
  if (wide) {
    const Tolerance all{1e-10, 1e-8};
    return {all, all, all, all};
  }
  // The README gives losses and final parameters; moments and norms are sums of as many rounded
  // numbers and get the same relative room.
  return {{2e-5, 0}, {5e-5, 0}, {1e-6, 1e-3}, {1e-5, 1e-4}};
}

training::ReplicaNumbers initial(Check& check, const models::ParameterLayout& layout,
                                 at::ScalarType type) {
  const auto zeros = [&] { return at::zeros({1, layout.row_elements()}, at::dtype(type)); };
  const models::Parameters values(layout, zeros());
  for (std::size_t i = 0; i < layout.entries().size(); ++i)
    values[{i}].select(0, 0).copy_(check.input("init." + layout.entries()[i].name));
  return {values.flat(), zeros(), zeros()};
}

double mean_loss(const models::BatchScores& scores) {
  return scores.loss_sum.item<double>() / double(scores.scored.item<std::int64_t>());
}

void compare_parameters(Check& check, const std::string& prefix, const models::Parameters& values,
                        const Tolerance& tolerance, const std::string& label) {
  for (std::size_t i = 0; i < values.layout().entries().size(); ++i)
    check.within(prefix + values.layout().entries()[i].name, values[{i}].select(0, 0), tolerance,
                 label);
}

at::Tensor vector_of(const std::vector<double>& values) {
  const at::Tensor tensor = at::zeros({std::int64_t(values.size())}, at::kDouble);
  std::copy(values.begin(), values.end(), tensor.mutable_data_ptr<double>());
  return tensor;
}

}  // namespace

void check_mad_training(Check& check) {
  const auto& config = check.config();
  const auto label = config.at("dtype").get<std::string>();
  const auto shape = shape_of(config);
  const auto batches = config.at("batches_per_epoch").get<std::int64_t>();
  const catalog::ReplicaConfig replica{.lr = config.at("peak_lr").get<double>(),
                                       .lr_min = config.at("eta_min").get<double>(),
                                       .weight_decay = config.at("weight_decay").get<double>()};

  // A GPU has no float64: there the fp64 files are met with the room of fp32.
  const bool wide = label == "fp64" && check.has_float64();
  const Allowed room = allowed(wide);
  training::PackModel model(shape,
                            at::dtype(wide ? at::kDouble : at::kFloat).device(check.device()));
  model.append(initial(check, model.layout(), wide ? at::kDouble : at::kFloat));
  std::vector<double> rates, before, after, norms;
  for (std::int64_t step = 0; step < shape.epochs * batches; ++step) {
    const auto load = [&](const char* what) {
      return check.input(fmt::format("step{:02}.{}", step, what)).to(check.device(), at::kInt).unsqueeze(0);
    };
    const at::Tensor ids = load("ids");
    const at::Tensor targets = load("targets");
    kernels::AdamwScalars scalars;
    scalars.lr =
        data::learning_rate(catalog::Schedule::cosine, replica, step / batches, shape.epochs);
    scalars.weight_decay = replica.weight_decay;
    scalars.step = step + 1;
    rates.push_back(scalars.lr);
    before.push_back(mean_loss(model.train(ids, targets, {&scalars, 1})));
    norms.push_back(model.gradients().flat().to(at::kDouble).norm().item<double>());
    after.push_back(mean_loss(model.evaluate(ids, targets)));
  }
  check.within("lr", vector_of(rates), {0, 1e-12}, label);
  check.within("loss_before", vector_of(before), room.loss, label);
  check.within("loss_after", vector_of(after), room.loss, label);
  check.within("grad_norm", vector_of(norms), room.norm, label);
  compare_parameters(check, "final.", model.values(), room.final, label);
  compare_parameters(check, "exp_avg.", model.first_moments(), room.moments, label);
  compare_parameters(check, "exp_avg_sq.", model.second_moments(), room.moments, label);
}

}  // namespace scanyard::golden
