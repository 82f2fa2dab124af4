//! An epoch on a device that records: training steps and the evaluation are noted down once a pack
//! and then repeated, with data, orders and rates on the device, so that nothing waits for the host
//! between an epoch's begin and its end.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "tasks/training/batches.hpp"
#include "tasks/training/metric.hpp"
#include "tasks/training/pack_model.hpp"

namespace scanyard::training {

/// What one replica trains on in this epoch.
struct EpochInput {
  std::shared_ptr<const Dataset> data;
  at::Tensor order;               ///< [train] int32
  kernels::AdamwScalars scalars;  ///< of the epoch's first step; the step counts up from there
};

/// What became of one replica.
struct EpochResult {
  std::vector<BatchCounts> batches;  ///< loss and targets of each training batch; no counts
  bool finite = true;                ///< every parameter is, after the last step
  Metric metric;                     ///< of the test set, after the last step
};

/// Usage an epoch: begin(), train() until all steps are started, evaluate(), results(). Replicas are
/// those of the model, row by row. Not thread-safe. Throws what LibTorch throws.
class RecordedEpoch {
 public:
  /// `model` outlives this. `options`: the device.
  RecordedEpoch(const catalog::ShapeConfig& shape, PackModel& model,
                const at::TensorOptions& options);

  void begin(const std::vector<EpochInput>& replicas);
  /// Starts steps first .. first + count - 1 and returns at once.
  void train(std::int64_t first, std::int64_t count);
  /// Starts the evaluation and returns at once.
  void evaluate();
  /// Waits for everything.
  std::vector<EpochResult> results();
  /// Follows PackModel::keep() in the middle of an epoch.
  void keep(std::span<const std::int64_t> rows);

 private:
  /// One piece of work: done directly the first time, which puts all its memory in place, then
  /// recorded, then repeated.
  struct Program {
    bool done_once = false;
    std::unique_ptr<models::Recording> recording;
  };
  /// Batches and scores of a pass over data: tables with one row a batch.
  struct Tables {
    models::DeviceBatches from;
    models::BatchScores scores;
  };

  void make_tables();
  Tables tables(std::int64_t batches, bool counts) const;
  void train_one(std::int64_t count);
  void evaluate_all();
  template <class Work>
  void run(Program& program, const Work& work);
  at::TensorOptions of(at::ScalarType type) const { return options_.dtype(type); }

  catalog::ShapeConfig shape_;
  PackModel& model_;
  at::TensorOptions options_;
  models::Backend& backend_;
  std::int64_t version_ = -1;  ///< of the model that tables and programs were made for
  std::vector<EpochInput> replicas_;
  Tables train_, test_;
  at::Tensor schedule_;                      ///< [steps, R, 7]
  std::map<std::int64_t, Program> training_;  ///< by sequences of the batch
  Program evaluation_;
  models::Buffer ids_, targets_;
};

}  // namespace scanyard::training
