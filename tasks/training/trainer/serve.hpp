//! A trainer as an agent's child: commands on one descriptor, events on another.
#pragma once

#include "tasks/training/trainer/device.hpp"

namespace scanyard::training {

/// Serves until Quit, the end of the input, or the end of the one who reads the output: exit code 0.
/// When the device is lost, its runs fail and the exit code is 4: a new process gets a new context.
int serve(const TrainingDevice& device, int input, int output);

}  // namespace scanyard::training
