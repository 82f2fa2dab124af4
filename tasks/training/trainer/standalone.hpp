//! A trainer for people: one pack from the command line or a file, progress and results as text.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "tasks/training/trainer/device.hpp"

namespace scanyard::training {

/// What to train: JSON texts, as in a Start line.
struct StandaloneJob {
  std::string shape_json;
  std::vector<std::string> values_json;  ///< one a run
};

/// {"shape": {...}, "replicas": [{"values": {...}}, ...]}: a Start line is one too.
/// Errors: trainer.bad_values with the path and what is missing.
Result<StandaloneJob> read_job(const std::string& path);

/// Trains all runs as one pack and writes one line an epoch and a result each; with `json` the
/// event lines of docs/trainer_protocol.md instead. The exit code: 0 every run has a result
/// (diverged is one), 1 a run failed, 2 the job cannot be used, 4 the device is lost.
int train_standalone(const StandaloneJob& job, const TrainingDevice& device, bool json,
                     std::ostream& out);

}  // namespace scanyard::training
