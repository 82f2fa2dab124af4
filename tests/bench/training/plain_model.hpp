//! The same model as anybody would write it with LibTorch: nn modules, autograd, torch's AdamW and
//! a loop over the steps of the recurrence. What the project's engine is measured against.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tasks/catalog/config.hpp"

namespace scanyard::bench {

/// How the loop applies A_t [B, H, m, m] to h [B, H, m]; which one is faster depends on the shape.
enum class PlainStep { matmul, multiply_and_sum };

/// One BD-LRU model with softmax gates and its optimiser. Hides torch/torch.h from the others.
class PlainModel {
 public:
  PlainModel(const catalog::ShapeConfig& shape, PlainStep step, double lr);
  ~PlainModel();

  /// Sets a parameter by its released name.
  void set(const std::string& name, const std::vector<float>& values);
  /// One step on ids and targets [B, T]; the loss before it.
  double train(const std::int64_t* ids, const std::int64_t* targets, std::int64_t sequences);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace scanyard::bench
