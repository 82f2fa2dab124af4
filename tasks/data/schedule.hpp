//! The learning rate of an epoch (protocol.md 4.1).
#pragma once

#include <cstdint>

#include "tasks/catalog/config.hpp"

namespace scanyard::data {

/// Rate during epoch `epoch` (0-based) of `epochs`; it is constant within an epoch. Cosine:
/// lr_min + (lr - lr_min) (1 + cos(pi epoch / epochs)) / 2, from lr in epoch 0 towards lr_min,
/// which the epoch after the last would have.
double learning_rate(catalog::Schedule schedule, const catalog::ReplicaConfig& replica,
                     std::int64_t epoch, std::int64_t epochs);

}  // namespace scanyard::data
