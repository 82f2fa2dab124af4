//! What is still to be trained, for the scheduler: everything at a start, one sweep's after a
//! retry.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "common/store_writes.hpp"
#include "coordinator/store/run_table.hpp"
#include "coordinator/store/sql.hpp"
#include "coordinator/store/sweep_index.hpp"

namespace scanyard::store {

/// Every open run that an active or paused sweep wants: by the oldest such sweep, within it in the
/// order in which the database met them (the spec's; runs of older sweeps first). One pass over the
/// runs and one over their memberships, both in key order.
OpenRuns load_open_runs(Database& database, const SweepIndex& sweeps);

/// Sweep as the scheduler knows it.
OpenSweep load_open_sweep(Database& database, SweepId id);

/// Builds OpenRun values for single runs, with the shapes that they need.
class OpenRunReader {
 public:
  OpenRunReader(Database& database, RunTable& runs, const SweepIndex& sweeps);

  /// `run` is open. Its shape is added to `shapes` unless an earlier call did.
  OpenRun read(std::int64_t run, std::vector<OpenShape>& shapes);

 private:
  RunTable& runs_;
  const SweepIndex& sweeps_;
  Prepared run_, shape_;
  std::unordered_map<std::int64_t, std::uint32_t> shape_index_;
};

}  // namespace scanyard::store
