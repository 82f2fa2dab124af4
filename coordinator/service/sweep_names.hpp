//! What a person may write for a sweep: its number or its name.
#pragma once

#include <string>
#include <vector>

#include "common/read_model.hpp"

namespace scanyard::service {

/// What to do when several sweeps have the name.
enum class SameName {
  newest,  ///< for reading: people mean the one that they submitted last
  refuse,  ///< for commands that change something
};

/// Errors: service.no_such_sweep with the nearest name, service.ambiguous_sweep with the numbers.
Result<SweepSummary> find_sweep(const std::vector<SweepSummary>& sweeps, const std::string& text,
                                SameName same_name);

}  // namespace scanyard::service
