//! The version that stands in every run's canonical form. Raising it gives every run a new id.
#pragma once

#include <cstdint>

namespace scanyard::catalog {

/// Raise it when the training loop, the metric, the initial values or the use of random numbers
/// change their meaning. A task's generator has its own version, in its row.
inline constexpr std::int64_t protocol_version = 1;

}  // namespace scanyard::catalog
