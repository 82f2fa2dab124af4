//! A whole sweep into the database, as part of the writer's transaction.
#pragma once

#include <optional>
#include <vector>

#include "common/store_writes.hpp"
#include "coordinator/store/cell_summaries.hpp"
#include "coordinator/store/change_set.hpp"
#include "coordinator/store/run_table.hpp"
#include "coordinator/store/sweep_index.hpp"

namespace scanyard::store {

class Submission {
 public:
  Submission(Database& database, RunTable& runs, CellSummaries& summaries, ChangeSet& changes,
             const SweepIndex& sweeps);

  /// What the same request did before, with nothing in `open`: those runs are known already.
  std::optional<SubmitOutcome> find_repeated(const SubmitSweep& request);

  /// Errors: store.bad_submission. Call inside a transaction.
  Result<SubmitOutcome> insert(const SubmitSweep& request);

  /// What the sweep index needs to know of the last insert(), once it is committed.
  const SweepIndex::Sweep& inserted() const { return inserted_; }

 private:
  void insert_sweep(const SubmitSweep& request);
  void insert_shapes(const spec::Expansion& expansion, SubmitOutcome& outcome);
  Result<void> insert_runs(const spec::Expansion& expansion, SubmitOutcome& outcome);
  void insert_cells(const spec::Expansion& expansion);
  /// Meets a run that is there already.
  void take_over(const spec::ExpandedRun& run, const RunRow& row, SubmitOutcome& outcome);

  struct MetRun {
    std::int64_t key = 0;
    StoredState state = StoredState::open;
  };

  Database& database_;
  RunTable& runs_;
  CellSummaries& summaries_;
  ChangeSet& changes_;
  const SweepIndex& sweeps_;
  std::vector<std::int64_t> shape_ids_;
  std::vector<MetRun> met_;
  SweepIndex::Sweep inserted_;
};

}  // namespace scanyard::store
