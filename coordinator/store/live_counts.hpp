//! Which of the open runs are running: what is live, counted for sweeps and cells.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "common/live_status.hpp"
#include "coordinator/store/read_connection.hpp"
#include "coordinator/store/stored_state.hpp"

namespace scanyard::store {

using LivePointer = std::shared_ptr<const LiveStatus>;

/// The lease of a run, or nullptr. `live` may be null.
const RunningRun* find_running(const LiveStatus* live, const RunId& run);

/// The state that a person sees: an open run with a lease is running.
RunState visible_state(StoredState state, const RunId& run, const LiveStatus* live);

/// Splits `open` runs into queued and running. A snapshot may be older than the database, so there
/// are never more running runs than open ones.
void split_open(std::uint64_t open, std::uint64_t running, StateCounts& counts);

std::uint64_t running_in_sweep(const LiveStatus* live, SweepId sweep);

/// Running runs by cell. Looks up the cells of a run only when it is seen for the first time,
/// because snapshots come every second and most runs run on. Any thread.
class RunningCells {
 public:
  using Counts = std::unordered_map<std::int64_t, std::uint64_t>;
  /// Call inside a snapshot of `connection`.
  std::shared_ptr<const Counts> counts(ReadConnection& connection, const LivePointer& live);

 private:
  std::mutex mutex_;
  LivePointer live_;          ///< what counts_ was made from
  std::int64_t sweeps_ = -1;  ///< newest sweep then: a new one may take over running runs
  std::shared_ptr<const Counts> counts_;
  std::unordered_map<RunId, std::vector<std::int64_t>> cells_;
};

}  // namespace scanyard::store
