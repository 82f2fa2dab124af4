#include "tasks/catalog/backbone.hpp"

#include <algorithm>

#include "common/assert.hpp"
#include "tasks/catalog/rows.hpp"

namespace scanyard::catalog {
namespace {

const ModelRow& row_of(const ShapeConfig& shape) {
  const ModelRow* row = find_model(shape.model);
  SCANYARD_ASSERT(row != nullptr, "a complete configuration names a model of the table");
  return *row;
}

/// Forward, per token, the whole model.
double forward_flops(const ShapeConfig& shape) {
  const double d = double(shape.width);
  const double swiglu = 6.0 * d * double(swiglu_inner(shape.width));
  const double unembed = 2.0 * d * double(shape.vocab);
  return double(shape.layers) * (row_of(shape).forward_flops(shape) + swiglu) + unembed;
}

/// Floats that one token leaves behind for the backward pass.
double saved_floats(const ShapeConfig& shape) {
  const double d = double(shape.width);
  const double swiglu = 3.0 * double(swiglu_inner(shape.width));
  const double residuals_and_norms = 4.0 * d;  // two of each per [mixer, swiglu]
  const double logits = 2.0 * double(shape.vocab);
  return double(shape.layers) * (row_of(shape).saved_floats(shape) + swiglu + residuals_and_norms) +
         2.0 * d + logits;
}

}  // namespace

std::int64_t swiglu_inner(std::int64_t width) {
  return (8 * width / 3 + 15) / 16 * 16;
}

std::int64_t mixer_parameters(const ShapeConfig& shape) {
  return row_of(shape).parameters(shape);
}

std::int64_t model_parameters(const ShapeConfig& shape) {
  const std::int64_t d = shape.width;
  const std::int64_t norm = 2 * d;
  const std::int64_t swiglu = 3 * d * swiglu_inner(d);
  const std::int64_t layers = shape.layers * (mixer_parameters(shape) + swiglu + 2 * norm);
  const std::int64_t embedding = shape.vocab * d;
  const std::int64_t unembedding = shape.vocab * d + shape.vocab;
  return embedding + layers + norm + unembedding;
}

std::int64_t state_size(const ShapeConfig& shape) {
  return row_of(shape).state(shape);
}

std::int64_t training_steps(const ShapeConfig& shape) {
  return shape.epochs * steps_per_epoch(shape);
}

spec::Vocabulary::Cost training_cost(const ShapeConfig& shape) {
  const double tokens = double(std::min(shape.batch, shape.train)) * double(shape.length);
  const double forward = forward_flops(shape);
  const double parameters = double(model_parameters(shape));
  const double optimiser = 12.0 * parameters;
  const double data =
      8.0 * double(shape.train + shape.test) * double(shape.length);  // input and target, int32
  spec::Vocabulary::Cost cost;
  cost.flops_per_step = 3.0 * forward * tokens + optimiser;
  cost.steps = double(training_steps(shape));
  cost.evaluation_flops =
      forward * double(shape.epochs) * double(shape.test) * double(shape.length);
  // Weights, gradients and two moments; activations and at most as much again for their gradients.
  cost.memory_bytes = 16.0 * parameters + 2.0 * 4.0 * tokens * saved_floats(shape) + data;
  return cost;
}

}  // namespace scanyard::catalog
