//! Sweeps, as pages and tables show them. Throw SqlFailure; call inside a snapshot.
#pragma once

#include <optional>
#include <vector>

#include "common/live_status.hpp"
#include "common/read_model.hpp"
#include "coordinator/store/read_connection.hpp"

namespace scanyard::store {

/// Newest first. `live` may be null here and below.
std::vector<SweepSummary> read_sweeps(ReadConnection& connection, const LiveStatus* live);
std::optional<SweepDetail> read_sweep(ReadConnection& connection, SweepId id,
                                      const LiveStatus* live);
std::optional<spec::Selection> read_selection(ReadConnection& connection, SweepId id);

}  // namespace scanyard::store
