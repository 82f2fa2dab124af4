//! What a GPU can do at best, measured, and what a training step asks of it, counted.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>

#include "tasks/catalog/config.hpp"

namespace scanyard::bench {

/// Wall time of `work` repeated `times` times, everything started and done, a time.
double seconds_each(int times, const std::function<void()>& work);

/// Bytes a second of a large copy within the device, read and written ones together.
double copy_bytes_per_s(const at::TensorOptions& options);
/// FLOP a second of a large bf16 product on random numbers.
double product_flops_per_s(const at::TensorOptions& options);

/// Of one replica's step with a full batch of a bf16 BD-LRU or H-LRU model: each operand of a
/// product and each activation moved once between the operations that the engine has.
struct StepCost {
  double bytes = 0;
  double flops = 0;
};
StepCost step_cost(const catalog::ShapeConfig& shape);

}  // namespace scanyard::bench
