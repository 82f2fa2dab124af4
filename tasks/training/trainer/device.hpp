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

/// `text`: "cpu" or "cuda:N". Errors: trainer.no_device with what there is.
Result<TrainingDevice> find_device(const std::string& text, int threads);

}  // namespace scanyard::training
