//! The data of a pack's replicas on their device, and the batches made of it.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "tasks/catalog/config.hpp"
#include "tasks/models/buffer.hpp"

namespace scanyard::training {

/// Sequences [count, T] int32.
struct SequenceTensors {
  at::Tensor ids;
  at::Tensor targets;
};

/// What a run with one seed is trained and tested on. Immutable.
struct Dataset {
  SequenceTensors train;
  SequenceTensors test;
};

/// One batch of every replica: [R, B, T] int32.
struct Batch {
  at::Tensor ids;
  at::Tensor targets;
};

/// Datasets and orders, shared by replicas of equal seed. Not thread-safe.
class Batches {
 public:
  Batches(const catalog::ShapeConfig& shape, const at::TensorOptions& options)
      : shape_(shape), options_(options.dtype(at::kInt)) {}

  /// The data of a seed: made now, or the one that another replica holds already.
  std::shared_ptr<const Dataset> dataset(std::uint64_t seed);

  /// Training order of a replica's epoch (0-based): a permutation of the training sequences, int32.
  at::Tensor order(std::uint64_t seed, std::int64_t epoch);

  /// Works on an order that order() will be asked for, without the device: what a host does while
  /// the device is busy.
  void prepare_order(std::uint64_t seed, std::int64_t epoch);

  /// Sequences [first, first + count) of every replica's own order, over its own training data.
  Batch train(const std::vector<std::shared_ptr<const Dataset>>& data,
              const std::vector<at::Tensor>& orders, std::int64_t first, std::int64_t count);
  /// The same of its test data, in the order of generation.
  Batch test(const std::vector<std::shared_ptr<const Dataset>>& data, std::int64_t first,
             std::int64_t count);

 private:
  Batch empty_batch(std::size_t replicas, std::int64_t count);

  catalog::ShapeConfig shape_;
  at::TensorOptions options_;
  std::map<std::uint64_t, std::weak_ptr<const Dataset>> datasets_;
  /// By (seed, epoch): replicas that differ in the learning rate only share an order.
  std::map<std::pair<std::uint64_t, std::int64_t>, at::Tensor> orders_;
  std::map<std::pair<std::uint64_t, std::int64_t>, at::Tensor> prepared_;  ///< on the host
  models::Buffer ids_;
  models::Buffer targets_;
};

}  // namespace scanyard::training
