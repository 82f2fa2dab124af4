//! Workers and counters, merged with what is live. Throw SqlFailure; call inside a snapshot.
#pragma once

#include <vector>

#include "common/live_status.hpp"
#include "common/read_model.hpp"
#include "coordinator/store/read_connection.hpp"

namespace scanyard::store {

/// By name. A worker that the coordinator knows is shown as it is now, any other as it was
/// recorded.
std::vector<WorkerStatus> read_workers(ReadConnection& connection, const LiveStatus* live);

/// By name: live counters as they are, and persistent ones that are not among them.
std::vector<Counter> read_counters(ReadConnection& connection, const LiveStatus* live);

}  // namespace scanyard::store
