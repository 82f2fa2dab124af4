//! What the fake read model is filled with.
#pragma once

#include <string>
#include <vector>

#include "common/read_model.hpp"

namespace scanyard::web {

std::vector<Counter> fake_counters();

/// The end of a trainer's log: markup, terminal colours, broken UTF-8.
std::string fake_log_tail();

/// The number of runs in a state, to be changed.
std::uint64_t& fake_count(StateCounts& counts, RunState state);

}  // namespace scanyard::web
