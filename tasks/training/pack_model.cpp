#include "tasks/training/pack_model.hpp"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include "common/assert.hpp"
#include "tasks/models/initial_values.hpp"

namespace scanyard::training {

PackModel::PackModel(const catalog::ShapeConfig& shape, const at::TensorOptions& options)
    : shape_(shape), options_(options), model_(shape) {
  const at::Tensor none = at::empty({0, layout().row_elements()}, options_);
  adopt(none, none, none);
}

void PackModel::adopt(const at::Tensor& values, const at::Tensor& first, const at::Tensor& second) {
  const auto wrap = [this](const at::Tensor& flat) {
    return std::make_unique<models::Parameters>(layout(), flat);
  };
  values_ = wrap(values);
  first_ = wrap(first);
  second_ = wrap(second);
  // Zeros once: the gaps between parameters are read by the optimiser and never written.
  gradients_ = wrap(at::zeros_like(values));
  factors_.reset();
  const auto products = shape_.precision == catalog::Precision::bf16 ? models::Products::bf16
                                                                     : models::Products::native;
  const at::ScalarType type = backend().factor_type(products, values.scalar_type());
  if (type != values.scalar_type()) factors_ = wrap(values.to(type));
  ++version_;
  const std::int64_t count = values.size(0);
  scores_ = {.loss_sum = at::empty({count}, options_.dtype(at::kDouble)),
             .scored = at::empty({count}, options_.dtype(at::kLong)),
             .right = at::empty({count}, options_.dtype(at::kLong)),
             .counts = at::empty({count, 3, shape_.vocab}, options_.dtype(at::kLong))};
}

ReplicaNumbers PackModel::initial(std::uint64_t seed) const {
  const models::Parameters fresh(layout(), at::zeros({1, layout().row_elements()}, options_));
  models::set_initial_values(fresh, 0, seed);
  const at::Tensor row = fresh.flat().select(0, 0);
  return {row, at::zeros_like(row), at::zeros_like(row)};
}

void PackModel::append(std::span<const ReplicaNumbers> numbers) {
  if (numbers.empty()) return;
  const auto joined = [&](const models::Parameters& rows, at::Tensor ReplicaNumbers::* part) {
    std::vector<at::Tensor> all{rows.flat()};
    for (const ReplicaNumbers& one : numbers) {
      SCANYARD_ASSERT((one.*part).numel() == layout().row_elements(),
                      "a replica's row has the layout's length");
      all.push_back((one.*part).to(rows.flat().options()).view({1, -1}));
    }
    return at::cat(all);
  };
  adopt(joined(*values_, &ReplicaNumbers::values), joined(*first_, &ReplicaNumbers::first_moments),
        joined(*second_, &ReplicaNumbers::second_moments));
}

void PackModel::keep(std::span<const std::int64_t> rows) {
  const at::Tensor index = at::empty({std::int64_t(rows.size())}, at::kLong);
  std::copy(rows.begin(), rows.end(), index.mutable_data_ptr<std::int64_t>());
  const at::Tensor here = index.to(options_.device());
  adopt(values_->flat().index_select(0, here), first_->flat().index_select(0, here),
        second_->flat().index_select(0, here));
}

ReplicaNumbers PackModel::row(std::int64_t replica) const {
  return {values_->flat().select(0, replica), first_->flat().select(0, replica),
          second_->flat().select(0, replica)};
}

ReplicaNumbers PackModel::numbers(std::int64_t replica) const {
  const ReplicaNumbers own = row(replica);
  return {own.values.clone(), own.first_moments.clone(), own.second_moments.clone()};
}

ReplicaNumbers PackModel::snapshot() const {
  return {values_->flat().clone(), first_->flat().clone(), second_->flat().clone()};
}

void PackModel::refresh_factors() {
  if (factors_) factors_->flat().copy_(values_->flat());
}

const models::BatchScores& PackModel::score(const at::Tensor& logits, const at::Tensor& targets,
                                            bool gradient) {
  backend().cross_entropy(logits, targets.view({targets.size(0), -1}), gradient, scores_);
  return scores_;
}

const models::BatchScores& PackModel::train(const at::Tensor& ids, const at::Tensor& targets,
                                            std::span<const kernels::AdamwScalars> scalars) {
  const at::Tensor logits = model_.forward(*values_, ids, gradients_.get(), factors_.get());
  score(logits, targets, true);
  model_.backward(*values_, *gradients_, logits, factors_.get());
  backend().adamw(scalars, gradients_->flat(), values_->flat(), first_->flat(), second_->flat());
  refresh_factors();
  return scores_;
}

const models::BatchScores& PackModel::evaluate(const at::Tensor& ids, const at::Tensor& targets) {
  return score(model_.forward(*values_, ids, nullptr, factors_.get()), targets, false);
}

void PackModel::train_scheduled(const at::Tensor& ids, const at::Tensor& targets,
                                const at::Tensor& schedule, const models::BatchScores& scores) {
  const at::Tensor logits = model_.forward(*values_, ids, gradients_.get(), factors_.get());
  backend().cross_entropy(logits, targets.view({targets.size(0), -1}), true, scores);
  model_.backward(*values_, *gradients_, logits, factors_.get());
  backend().adamw_scheduled(schedule, scores.cursor, gradients_->flat(), values_->flat(),
                            first_->flat(), second_->flat(),
                            factors_ ? factors_->flat() : at::Tensor());
}

void PackModel::evaluate_into(const at::Tensor& ids, const at::Tensor& targets,
                              const models::BatchScores& scores) {
  const at::Tensor logits = model_.forward(*values_, ids, nullptr, factors_.get());
  backend().cross_entropy(logits, targets.view({targets.size(0), -1}), false, scores);
}

std::vector<bool> PackModel::are_finite() const {
  std::vector<bool> finite;
  const at::Tensor flags = at::isfinite(values_->flat()).all(1).to(at::kCPU);
  for (std::int64_t r = 0; r < replicas(); ++r)
    finite.push_back(flags.const_data_ptr<bool>()[r]);
  return finite;
}

}  // namespace scanyard::training
