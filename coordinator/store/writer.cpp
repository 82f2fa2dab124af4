#include "coordinator/store/writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "coordinator/store/batch.hpp"
#include "coordinator/store/connection.hpp"
#include "coordinator/store/errc.hpp"
#include "coordinator/store/open_runs.hpp"
#include "coordinator/store/published_table.hpp"
#include "coordinator/store/serving_lock.hpp"
#include "coordinator/store/submission.hpp"

namespace scanyard::store {
namespace {

/// A restart begins a new range of change numbers, so that what live snapshots added to them before
/// can never make a later number equal an earlier one.
constexpr std::int64_t change_numbers_per_epoch = std::int64_t{1} << 32;

Epoch begin_epoch(Database& database, TimePoint now) {
  Transaction transaction(database, Transaction::Kind::write);
  Prepared(database, "UPDATE meta SET value = (value / ?1 + 1) * ?1 WHERE name = 'change'")
      .bind(change_numbers_per_epoch)
      .run();
  database.execute("UPDATE meta SET value = value + 1 WHERE name = 'epoch'");
  // Who is still there says hello again.
  Prepared(database,
           "UPDATE worker SET state = 'lost' WHERE state IN ('connected', 'draining') "
           "AND last_seen_ms <= ?")
      .bind(now.ms)
      .run();
  const Epoch epoch{query_integer(database, "SELECT value FROM meta WHERE name = 'epoch'")};
  transaction.commit();
  return epoch;
}

/// Reopens what a retry names and makes the sweep active. Returns the keys of the runs that are to
/// be trained for it now: the reopened ones, and all that stayed open while the sweep was
/// cancelled.
std::vector<std::int64_t> reopen_runs(Database& database, BatchWriter& batch,
                                      const RetrySweep& request) {
  const bool was_cancelled = load_open_sweep(database, request.sweep).state == "cancelled";
  const std::set<RunId> named(request.runs.begin(), request.runs.end());
  struct Found {
    std::int64_t key;
    StoredState state;
    RunId id;
  };
  std::vector<Found> found;
  Prepared runs(database,
                "SELECT DISTINCT r.key, r.state, r.id FROM cell c JOIN membership m "
                "ON m.cell = c.id JOIN run r ON r.key = m.run WHERE c.sweep = ? "
                "AND r.state <> 1 ORDER BY r.key");
  runs.bind(request.sweep.value);
  while (runs.step())
    found.push_back({runs.integer(0), static_cast<StoredState>(runs.integer(1)), runs.run_id(2)});
  std::vector<std::int64_t> open;
  for (const auto& run : found) {
    if (run.state == StoredState::open) {
      if (was_cancelled) open.push_back(run.key);
      continue;
    }
    const auto& states = request.states;
    const bool wanted = named.empty() || named.contains(run.id);
    if (!wanted || std::find(states.begin(), states.end(), to_run_state(run.state)) == states.end())
      continue;
    batch.reopen(run.key, run.state);
    open.push_back(run.key);
  }
  Prepared(database, "UPDATE sweep SET state = 'active', reason = '', changed_ms = ? WHERE id = ?")
      .bind(request.at.ms, request.sweep.value)
      .run();
  return open;
}

}  // namespace

struct Writer::Parts {
  Parts(ServingLock serving_lock, std::unique_ptr<Database> connection)
      : lock(std::move(serving_lock)),
        database_owner(std::move(connection)),
        database(*database_owner),
        runs(database),
        attempts(database),
        curves(database),
        summaries(database),
        changes(database, sweeps),
        batch(database, runs, attempts, curves, changes, sweeps),
        submission(database, runs, summaries, changes, sweeps) {
    sweeps.load(database);
    const auto marked = summaries.marked();
    changes.marked().insert(marked.begin(), marked.end());
  }

  /// One transaction: `work`, then the sums. Rolled back when either fails.
  template <class Work>
  auto transact(std::string_view doing, Work&& work) {
    auto result = guarded(doing, [&] {
      Transaction transaction(database, Transaction::Kind::write);
      changes.begin();
      auto outcome = work();
      if (outcome) {
        changes.flush();
        transaction.commit();
        changes.committed();
      }
      return outcome;
    });
    if (!result) {
      changes.begin();
      attempts.forget();
    }
    return result;
  }

  // The lock goes last: nobody else may serve while the connection is closing.
  ServingLock lock;
  std::unique_ptr<Database> database_owner;
  Database& database;
  SweepIndex sweeps;
  RunTable runs;
  AttemptTable attempts;
  CurveTable curves;
  CellSummaries summaries;
  ChangeSet changes;
  BatchWriter batch;
  Submission submission;
  Epoch epoch;
  std::int64_t last_refreshed = 0;  ///< cell
};

Writer::Writer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Writer::~Writer() = default;

Result<std::unique_ptr<Writer>> Writer::open(const WriterOptions& options, TimePoint now) {
  const WriteConnectionOptions connection_options{
      .path = options.path,
      .create = options.create,
      .allow_network_file_system = options.allow_network_file_system,
      .check_integrity = options.check_integrity,
      .pages_max = options.pages_max};
  if (auto usable = check_usable(connection_options); !usable) return propagate(usable);
  auto lock = ServingLock::take(options.path);
  if (!lock) return propagate(lock);
  auto connection = open_for_writing(connection_options);
  if (!connection) return propagate(connection);
  const std::string doing = "opening " + options.path.string();
  return guarded(doing, [&]() -> Result<std::unique_ptr<Writer>> {
    const Epoch epoch = begin_epoch(**connection, now);
    auto parts = std::make_unique<Parts>(std::move(*lock), std::move(*connection));
    parts->epoch = epoch;
    return std::unique_ptr<Writer>(new Writer(std::move(parts)));
  });
}

Epoch Writer::epoch() const {
  return parts_->epoch;
}

Result<OpenRuns> Writer::load_open() {
  return guarded("loading the open runs", [&]() -> Result<OpenRuns> {
    return load_open_runs(parts_->database, parts_->sweeps);
  });
}

Result<SubmitOutcome> Writer::submit(const SubmitSweep& request) {
  auto& p = *parts_;
  const std::string doing = "storing the sweep " + request.expansion->name;
  auto repeated = guarded(doing, [&]() -> Result<std::optional<SubmitOutcome>> {
    return p.submission.find_repeated(request);
  });
  if (!repeated) return propagate(repeated);
  if (*repeated) return std::move(**repeated);
  auto outcome = p.transact(doing, [&] { return p.submission.insert(request); });
  if (outcome) p.sweeps.add(p.submission.inserted());
  return outcome;
}

Result<RetryOutcome> Writer::retry(const RetrySweep& request) {
  auto& p = *parts_;
  if (!p.sweeps.has(request.sweep)) {
    return fail(errc::not_found, fmt::format("there is no sweep {}", request.sweep.value));
  }
  const std::string doing = fmt::format("reopening runs of sweep {}", request.sweep.value);
  std::vector<std::int64_t> open;
  auto reopened = p.transact(doing, [&]() -> Result<void> {
    open = reopen_runs(p.database, p.batch, request);
    return {};
  });
  if (!reopened) return propagate(reopened);
  p.sweeps.set_wanted(request.sweep, true);
  return guarded(doing, [&]() -> Result<RetryOutcome> {
    RetryOutcome outcome;
    outcome.sweep = load_open_sweep(p.database, request.sweep);
    OpenRunReader reader(p.database, p.runs, p.sweeps);
    for (const std::int64_t key : open)
      outcome.open.push_back(reader.read(key, outcome.shapes));
    return outcome;
  });
}

Result<ApplyOutcome> Writer::apply(std::span<const StoreWrite> batch) {
  auto& p = *parts_;
  if (batch.empty()) return ApplyOutcome{};
  const std::string doing = fmt::format("storing {} writes", batch.size());
  auto outcome = p.transact(doing, [&]() -> Result<ApplyOutcome> {
    ApplyOutcome applied;
    p.batch.apply(batch, applied);
    return applied;
  });
  if (outcome) {
    for (const auto& [sweep, wanted] : p.batch.wanted())
      p.sweeps.set_wanted(sweep, wanted);
  }
  return outcome;
}

Result<std::size_t> Writer::refresh(std::uint64_t runs_max) {
  auto& p = *parts_;
  auto& marked = p.changes.marked();
  if (marked.empty()) return std::size_t{0};
  std::vector<std::int64_t> cells;
  auto refreshed = p.transact("updating summaries", [&]() -> Result<void> {
    std::uint64_t runs = 0;
    // On from where the last call ended: cells that are marked again and again must not keep the
    // others waiting.
    auto next = marked.upper_bound(p.last_refreshed);
    while (cells.size() < marked.size() && (cells.empty() || runs < runs_max)) {
      if (next == marked.end()) next = marked.begin();
      runs += p.summaries.refresh(*next);
      cells.push_back(*next++);
    }
    return {};
  });
  if (!refreshed) return propagate(refreshed);
  p.last_refreshed = cells.back();
  for (const std::int64_t cell : cells)
    marked.erase(cell);
  return marked.size();
}

Result<void> Writer::set_published(std::span<const PublishedRow> rows) {
  auto& p = *parts_;
  return p.transact("storing the published numbers", [&]() -> Result<void> {
    if (!has_published(p.database, rows)) replace_published(p.database, rows);
    return {};
  });
}

Result<void> Writer::add_to_counters(
    std::span<const std::pair<std::string, std::uint64_t>> increments) {
  auto& p = *parts_;
  return p.transact("storing counters", [&]() -> Result<void> {
    Prepared add(p.database,
                 "INSERT INTO counter VALUES (?, ?) "
                 "ON CONFLICT (name) DO UPDATE SET value = value + excluded.value");
    for (const auto& [name, value] : increments)
      add.bind(name, value).run();
    return {};
  });
}

}  // namespace scanyard::store
