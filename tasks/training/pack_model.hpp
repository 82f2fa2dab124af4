//! The numbers of a pack: parameters and AdamW moments of R replicas of one shape, and the two
//! things that are done with them, one training step and one evaluation.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kernels/adamw.hpp"
#include "tasks/catalog/config.hpp"
#include "tasks/models/language_model.hpp"

namespace scanyard::training {

/// Everything that a replica's training has changed: one row each of values and moments [P].
struct ReplicaNumbers {
  at::Tensor values;
  at::Tensor first_moments;
  at::Tensor second_moments;
};

/// Row r of everything belongs to replica r; what happens in a row does not depend on the others.
/// Not thread-safe.
class PackModel {
 public:
  /// No replicas yet. `options`: device and type (float32; float64 for tests) of all numbers.
  PackModel(const catalog::ShapeConfig& shape, const at::TensorOptions& options);

  const models::ParameterLayout& layout() const { return model_.layout(); }
  std::int64_t replicas() const { return values_->replicas(); }

  /// What a run with this seed starts from: its initial values, and zero moments.
  ReplicaNumbers initial(std::uint64_t seed) const;
  /// Adds replicas as the last rows. The rows are copied.
  void append(std::span<const ReplicaNumbers> numbers);
  void append(const ReplicaNumbers& numbers) { append({&numbers, 1}); }
  /// Keeps these rows, in this order, and forgets the others.
  void keep(std::span<const std::int64_t> rows);
  /// A replica's rows, which go on changing.
  ReplicaNumbers row(std::int64_t replica) const;
  /// Copies of a replica's rows.
  ReplicaNumbers numbers(std::int64_t replica) const;

  /// One AdamW step on one batch: ids and targets [R, B, T] int32, scalars[r] for replica r. The
  /// scores are those before the update and are overwritten by the next call.
  const models::BatchScores& train(const at::Tensor& ids, const at::Tensor& targets,
                                   std::span<const kernels::AdamwScalars> scalars);
  /// Scores of one batch; changes nothing.
  const models::BatchScores& evaluate(const at::Tensor& ids, const at::Tensor& targets);

  /// train() and evaluate() for devices that record: scalars and scores are tables on the device
  /// (models::Backend::adamw_scheduled).
  void train_scheduled(const at::Tensor& ids, const at::Tensor& targets, const at::Tensor& schedule,
                       const models::BatchScores& scores);
  void evaluate_into(const at::Tensor& ids, const at::Tensor& targets,
                     const models::BatchScores& scores);
  /// Rises whenever replicas came or went, which moves all numbers to other places.
  std::int64_t version() const { return version_; }
  /// All numbers as they are now; row r belongs to replica r.
  ReplicaNumbers snapshot() const;

  /// [R]: whether all parameters of a replica are finite.
  std::vector<bool> are_finite() const;

  const models::Parameters& values() const { return *values_; }
  /// Of the last train().
  const models::Parameters& gradients() const { return *gradients_; }
  const models::Parameters& first_moments() const { return *first_; }
  const models::Parameters& second_moments() const { return *second_; }

 private:
  void adopt(const at::Tensor& values, const at::Tensor& first, const at::Tensor& second);
  const models::BatchScores& score(const at::Tensor& logits, const at::Tensor& targets,
                                   bool gradient);
  models::Backend& backend() const { return models::backend_for(options_.device().type()); }
  void refresh_factors();

  catalog::ShapeConfig shape_;
  at::TensorOptions options_;
  models::LanguageModel model_;
  std::unique_ptr<models::Parameters> values_;
  std::unique_ptr<models::Parameters> gradients_;
  std::unique_ptr<models::Parameters> first_;
  std::unique_ptr<models::Parameters> second_;
  /// The values as factors of products, where the device keeps those apart.
  std::unique_ptr<models::Parameters> factors_;
  models::BatchScores scores_;
  std::int64_t version_ = 0;
};

}  // namespace scanyard::training
