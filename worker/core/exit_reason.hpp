//! From how a trainer's process ended to the stable code and the sentence of its runs' reports.
#pragma once

#include <string>

#include "worker/core/events.hpp"

namespace scanyard::worker {

struct ExitReason {
  std::string code;
  std::string message;
};

ExitReason exit_reason(const TrainerExit& exit);

}  // namespace scanyard::worker
