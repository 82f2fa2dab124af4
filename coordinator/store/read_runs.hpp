//! Single runs: everything about one, finding one, asking for many. Throw SqlFailure; call inside a
//! snapshot.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/live_status.hpp"
#include "common/read_model.hpp"
#include "coordinator/store/read_connection.hpp"

namespace scanyard::store {

std::optional<RunDetail> read_run(ReadConnection& connection, const RunId& id,
                                  const LiveStatus* live);

/// Errors: store.not_found, store.ambiguous.
Result<RunId> find_run_by_prefix(ReadConnection& connection, const std::string& prefix);

/// In the order asked.
std::vector<KnownRun> read_known_runs(ReadConnection& connection, std::span<const RunId> runs,
                                      const LiveStatus* live);

}  // namespace scanyard::store
