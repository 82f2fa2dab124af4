//! Checks the core against itself: every count and cross-reference is derived again from the runs.
#pragma once

#include <string>
#include <vector>

#include "coordinator/core/core.hpp"

namespace scanyard::core {

/// Sentences about what does not fit together; empty = sane. O(everything): for tests and the
/// simulation, which call it after every event.
std::vector<std::string> sanity_check(const Core& core);

}  // namespace scanyard::core
