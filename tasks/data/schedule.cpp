#include "tasks/data/schedule.hpp"

#include <cmath>
#include <numbers>

#include "common/assert.hpp"

namespace scanyard::data {

double learning_rate(catalog::Schedule schedule, const catalog::ReplicaConfig& replica,
                     std::int64_t epoch, std::int64_t epochs) {
  SCANYARD_ASSERT(epoch >= 0 && epoch < epochs, "an epoch lies within its training");
  if (schedule == catalog::Schedule::constant) return replica.lr;
  const double angle = std::numbers::pi * double(epoch) / double(epochs);
  return replica.lr_min + (replica.lr - replica.lr_min) * (1 + std::cos(angle)) / 2;
}

}  // namespace scanyard::data
