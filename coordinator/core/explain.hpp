//! Answers the question "why is this run not running?" as data and as sentences.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coordinator/core/core.hpp"

namespace scanyard::core {

/// One reason or fact. `code` is stable, for programs: "waiting.slots_busy", "running.on", ...
struct Reason {
  std::string code;
  std::string sentence;
};

struct Explanation {
  RunId run;
  RunState state = RunState::queued;
  std::int32_t failures = 0;
  std::optional<Token> token;  ///< of the latest attempt
  std::string worker;          ///< that trains it; empty when none does
  std::optional<SlotId> slot;
  std::optional<TimePoint> since;  ///< of the lease
  std::uint64_t runs_ahead = 0;    ///< queued runs that are granted before it
  std::vector<Reason> reasons;     ///< most important first; never empty
};

/// Nothing when the coordinator has not heard of the run since its start: then it is not open.
/// O(groups).
std::optional<Explanation> explain(const Core& core, const RunId& run, TimePoint now);

}  // namespace scanyard::core
