//! The read model over a database file and what is live.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/live_status.hpp"
#include "common/read_model.hpp"

namespace scanyard::store {

struct ReadModelOptions {
  std::filesystem::path path;
  LiveStatusSource live;  ///< empty: read the file alone, without a coordinator
  std::string build;      ///< shown by server() where nothing is live
  bool allow_network_file_system = false;
};

/// Reads through a pool of read-only connections, one per concurrent call, in short transactions:
/// it never blocks the writer and is never blocked by it. Cells whose summary is marked as outdated
/// are computed on the fly: all of them where nobody serves, else as far as 20,000 runs go, so that
/// a page of a sweep with huge cells stays fast while results stream in (such cells then lag by one
/// round of the writer's refresh). Threads: all methods from any thread.
class DatabaseReadModel final : public ReadModel {
 public:
  /// Errors: store.missing_file, store.not_scanyard, store.newer_version, store.older_version,
  /// store.damaged, store.network_file_system, store.permission, store.io.
  static Result<std::unique_ptr<DatabaseReadModel>> open(ReadModelOptions options);
  ~DatabaseReadModel() override;

  std::uint64_t change_number() override;
  Result<ServerStatus> server() override;
  Result<std::vector<SweepSummary>> sweeps() override;
  Result<SweepDetail> sweep(SweepId id) override;
  Result<std::vector<CellSummary>> cells(SweepId id) override;
  Result<std::vector<CellRun>> cell_runs(SweepId sweep, CellId cell) override;
  Result<std::vector<CurveOfRun>> cell_curves(SweepId sweep, CellId cell) override;
  Result<RunDetail> run(const RunId& id) override;
  Result<RunId> find_run(const std::string& prefix) override;
  Result<std::vector<WorkerStatus>> workers() override;
  Result<std::vector<KnownRun>> known_runs(std::span<const RunId> runs) override;

 private:
  struct Parts;
  explicit DatabaseReadModel(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

/// A consistent copy of a database, also while it is served, written beside `target` and renamed
/// when it is complete and on disk (mode 0600). Errors: store.exists when `target` is there
/// already, store.disk_full and what opening says.
Result<void> backup(const std::filesystem::path& database, const std::filesystem::path& target);

}  // namespace scanyard::store
