//! A trainer as an agent's child: commands on one descriptor, events on another.
#pragma once

#include "tasks/training/trainer/device.hpp"

namespace scanyard::training {

/// Serves until Quit, the end of the input, or the end of the one who reads the output. The exit
/// code: 0.
int serve(const TrainingDevice& device, int input, int output);

}  // namespace scanyard::training
