//! The device that a trainer computes on.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "common/error.hpp"

namespace scanyard::training {

struct TrainingDevice {
  at::TensorOptions options;  ///< float32 on the device
  std::string id;             ///< "cpu" or "cuda:0"
  std::string name;           ///< the CPU's or GPU's model
  std::string description;    ///< for results: "cpu: AMD EPYC, 2 threads"
};

/// `text`: "cpu" or "cuda:N" ("cuda" is "cuda:0"). A GPU's plugin is loaded here, so this comes
/// before any torch call of the process. Errors: trainer.no_device with what there is; load_gpu()'s.
Result<TrainingDevice> find_device(const std::string& text, int threads);

/// Whether the device does what it is told; waits for what it was told before.
bool works(const TrainingDevice& device);

/// Every GPU that this process could train on, one JSON object a line (docs/trainer_protocol.md).
/// Errors: load_gpu()'s, where there is none.
Result<std::string> list_gpus();

}  // namespace scanyard::training
