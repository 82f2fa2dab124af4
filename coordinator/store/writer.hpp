//! The one writer of a database.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "common/ids.hpp"
#include "common/store_writes.hpp"
#include "coordinator/store/published.hpp"

namespace scanyard::store {

struct WriterOptions {
  std::filesystem::path path;
  bool create = true;                      ///< make the file (mode 0600) where there is none
  bool allow_network_file_system = false;  ///< the owner insists: only one machine ever opens it
  bool check_integrity = true;             ///< SQLite's quick_check, about 1 s per 500 MB
  std::int64_t pages_max = 0;              ///< limit of the file in 4 KiB pages; 0 = the disk's
};

/// What apply() did not do, by index into the batch. Everything else was done.
struct ApplyOutcome {
  std::vector<std::size_t> duplicates;  ///< attempts of a run that is done already: nothing changed
  std::vector<std::size_t> unknown;     ///< runs, sweeps that the database does not have
  std::vector<std::size_t> invalid;     ///< a result without an outcome, an unknown sweep state
};

/// Owns the write connection, the serving lock and the epoch. Every public method is one
/// transaction with synchronous=FULL: when it returns without an error, its effect survives a crash
/// of the process or the machine; when it returns an error, nothing of it happened and the writer
/// goes on (after store.disk_full: as soon as there is space again).
///
/// Threads: none of its own; all calls come from one thread at a time, usually the store thread of
/// the service, which collects writes and hands many to one apply(). Readers (read_model.hpp) have
/// their own connections and are never blocked.
///
/// Summaries: apply() marks the cells that it touched in the same transaction, refresh() recomputes
/// marked cells from their runs. Call refresh() once whenever apply() has nothing to do, and every
/// second at the latest; until then the read model computes marked cells itself (up to 20,000
/// runs), and the SQL views lag.
class Writer {
 public:
  /// Opens or creates, checks, migrates, takes the serving lock and raises the epoch (committed
  /// before this returns). Workers that were connected count as lost until they say hello.
  /// Errors: store.already_served (names the other process), store.newer_version (names both),
  /// store.migration_changed, store.not_scanyard, store.damaged, store.network_file_system,
  /// store.missing_file, store.permission, store.disk_full, store.busy, store.io.
  static Result<std::unique_ptr<Writer>> open(const WriterOptions& options, TimePoint now);

  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Rises by one at every open.
  Epoch epoch() const;

  /// Everything that is still to be trained, for the scheduler at a start.
  Result<OpenRuns> load_open();

  /// Idempotent by request id (an empty one is never equal to another). Errors:
  /// store.bad_submission for an expansion that contradicts itself.
  Result<SubmitOutcome> submit(const SubmitSweep& request);

  /// Errors: store.not_found for an unknown sweep.
  Result<RetryOutcome> retry(const RetrySweep& request);

  /// One transaction for the whole batch. What cannot be applied is skipped and named.
  Result<ApplyOutcome> apply(std::span<const StoreWrite> batch);

  /// Recomputes marked cells in turn until they had `runs_max` runs together (a million take about
  /// 2 s), at least one. Returns how many are still marked.
  Result<std::size_t> refresh(std::uint64_t runs_max = 20'000);

  /// Replaces the published numbers; does nothing when they are the same already.
  Result<void> set_published(std::span<const PublishedRow> rows);

  /// Adds to persistent counters of refused or dropped things, by stable name.
  Result<void> add_to_counters(std::span<const std::pair<std::string, std::uint64_t>> increments);

 private:
  struct Parts;
  explicit Writer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace scanyard::store
