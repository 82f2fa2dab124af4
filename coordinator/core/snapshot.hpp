//! What is live, for the page and `scanyard status`: an immutable copy of what only the core knows.
#pragma once

#include "common/live_status.hpp"
#include "coordinator/core/core.hpp"

namespace scanyard::core {

/// Everything but version, build and the shell's own counters. O(leases + workers + sweeps).
LiveStatus snapshot(const Core& core, TimePoint now);

/// Short text of a shape key for people: "bdlru m=5 hidden=64 s5".
std::string shape_label(const std::string& shape_json);

}  // namespace scanyard::core
