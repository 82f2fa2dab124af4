//! A run between two epochs as one safetensors file, from which it continues bit for bit.
//!
//! Tensors: `param.NAME`, `exp_avg.NAME`, `exp_avg_sq.NAME` (released parameter names), and
//! `curve.steps` [n, 2] int64 (epoch, step) with `curve.values` [n, 4] float64 (training loss,
//! macro and micro accuracy, perplexity). Metadata: format, version, run, shape, values (JSON),
//! steps_done, train_s. Everything else follows from these: the order of an epoch is a function of
//! the seed, and the reported epochs are read off the curve.
#pragma once

#include <string>

#include "common/error.hpp"
#include "tasks/models/parameters.hpp"
#include "tasks/training/pack.hpp"

namespace scanyard::training {

/// Raised when the meaning of a file changes; others are refused.
inline constexpr const char* checkpoint_version = "1";

/// Whose checkpoint it is. The JSON texts are compared by what they mean.
struct CheckpointIdentity {
  RunId run;
  std::string shape_json;
  std::string values_json;
};

/// "FOLDER/<run id>.safetensors".
std::string checkpoint_path(const std::string& folder, const RunId& run);

/// Writes the file so that a crash leaves the old one or the new one. `state.numbers` is set.
/// Errors: trainer.checkpoint_not_written.
Result<void> write_checkpoint(const std::string& path, const CheckpointIdentity& identity,
                              const models::ParameterLayout& layout, const RunState& state);

/// Reads it for the same run. Errors: trainer.bad_checkpoint (unreadable, of another run, shape,
/// values or version, or with other parameters), saying which.
Result<RunState> read_checkpoint(const std::string& path, const CheckpointIdentity& identity,
                                 const models::ParameterLayout& layout);

}  // namespace scanyard::training
