//! How a model starts (protocol.md 2.1, 3.7): a pure function of the run's seed.
#pragma once

#include <cstdint>

#include "tasks/models/parameters.hpp"

namespace scanyard::models {

/// Fills one replica's row with initial values. Element i of the parameter NAME is drawn at the
/// address (seed, init stream, 32-bit FNV-1a of NAME, i / 2): it depends on the seed, the name and
/// the position only, so neither on other parameters nor on pack, device or thread. Numbers are
/// computed in double and rounded to the parameters' type.
void set_initial_values(const Parameters& values, std::int64_t replica, std::uint64_t seed);

}  // namespace scanyard::models
