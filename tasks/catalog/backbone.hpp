//! Counts of a whole model: mixers in the language-model backbone of protocol.md 2.1.
#pragma once

#include <cstdint>

#include "common/spec/vocabulary.hpp"
#include "tasks/catalog/config.hpp"

namespace scanyard::catalog {

/// Inner features of SwiGLU: 8d/3 rounded down, then up to a multiple of 16 (352 at d = 128).
std::int64_t swiglu_inner(std::int64_t width);

/// Trainable parameters of the mixer alone, of one layer.
std::int64_t mixer_parameters(const ShapeConfig& shape);

/// Trainable parameters of the whole model.
std::int64_t model_parameters(const ShapeConfig& shape);

/// Floats of the recurrent state of one mixer: N = H*m, or h for the LSTM.
std::int64_t state_size(const ShapeConfig& shape);

/// Optimiser steps of a whole training without early stop.
std::int64_t training_steps(const ShapeConfig& shape);

/// Estimates from counting: projections and recurrence for FLOPs (backward = twice forward);
/// parameters with gradient and both moments, activations kept for the backward pass, and data for
/// memory. All of one replica.
spec::Vocabulary::Cost training_cost(const ShapeConfig& shape);

}  // namespace scanyard::catalog
