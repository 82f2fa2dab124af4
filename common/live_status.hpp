//! What only a serving coordinator knows: leases, connections, rates, counters. The service hands
//! an immutable snapshot over as often as it likes (about once a second); the store's read model
//! merges it with what is on disk.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/read_model.hpp"

namespace scanyard {

/// One lease: a run that a worker is training now.
struct RunningRun {
  RunId run;
  Token token;
  std::string worker;
  SlotId slot;
  TimePoint started;
};

/// A snapshot. Immutable once handed over, so any thread may read it.
struct LiveStatus {
  std::uint64_t version = 0;  ///< rises with every snapshot that differs from the last
  std::string build;
  std::string endpoint;  ///< what workers and clients connect to, for server()
  Epoch epoch;
  TimePoint started;
  TimePoint now;                                                    ///< when the snapshot was taken
  std::vector<RunningRun> running;                                  ///< sorted by run
  std::vector<std::pair<SweepId, std::uint64_t>> running_by_sweep;  ///< sweeps with any, by id
  /// Workers as the coordinator sees them; `finished` and `failed` are filled from the database.
  std::vector<WorkerStatus> workers;
  std::vector<Counter> counters;
  std::string worker_join;  ///< file that a worker of this machine joins with, for server()
};

/// Returns the newest snapshot, or null when nobody serves (a command that reads the file
/// directly). Called from any thread.
using LiveStatusSource = std::function<std::shared_ptr<const LiveStatus>()>;

}  // namespace scanyard
