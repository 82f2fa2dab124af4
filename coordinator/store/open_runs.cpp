#include "coordinator/store/open_runs.hpp"

#include <algorithm>

#include "common/assert.hpp"

namespace scanyard::store {
namespace {

/// A scan in run order that is asked for rising keys: the merge join of two ordered tables.
class MembershipScan {
 public:
  explicit MembershipScan(Database& database)
      : rows_(database, "SELECT run, cell FROM membership ORDER BY run, cell"),
        more_(rows_.step()) {}

  void cells_of(std::int64_t run, std::vector<std::int64_t>& cells) {
    cells.clear();
    while (more_ && rows_.integer(0) < run)
      more_ = rows_.step();
    while (more_ && rows_.integer(0) == run) {
      cells.push_back(rows_.integer(1));
      more_ = rows_.step();
    }
  }

 private:
  Prepared rows_;
  bool more_;
};

/// The last recorded attempt of each run that has any; most runs have none.
std::unordered_map<std::int64_t, LastAttempt> last_attempts(Database& database) {
  std::unordered_map<std::int64_t, LastAttempt> attempts;
  Prepared rows(database,
                "SELECT a.run, a.token_epoch, a.token_number, a.end <> 'lost' FROM attempt a "
                "JOIN run r ON r.key = a.run WHERE r.state = 0 "
                "ORDER BY a.run, a.token_epoch, a.token_number");
  while (rows.step()) {
    attempts[rows.integer(0)] = {Token{Epoch{rows.integer(1)}, rows.integer(2)},
                                 rows.integer(3) != 0};
  }
  return attempts;
}

/// Keeps the shapes that runs name, numbered in the order of their ids.
void compact_shapes(Database& database, std::vector<OpenRun>& runs,
                    std::vector<OpenShape>& shapes) {
  std::unordered_map<std::uint32_t, std::uint32_t> used;
  for (const auto& run : runs)
    used.emplace(run.shape, 0);
  Prepared rows(database, "SELECT id, json, flops, memory_bytes FROM shape ORDER BY id");
  while (rows.step()) {
    const auto at = used.find(static_cast<std::uint32_t>(rows.integer(0)));
    if (at == used.end()) continue;
    at->second = static_cast<std::uint32_t>(shapes.size());
    shapes.push_back({std::string(rows.text(1)), rows.real(2), rows.real(3)});
  }
  for (auto& run : runs)
    run.shape = used.at(run.shape);
}

OpenSweep sweep_from(const Prepared& row) {
  return {SweepId{row.integer(0)}, std::string(row.text(1)), std::string(row.text(2)),
          static_cast<std::int32_t>(row.integer(3))};
}

/// Sweeps that still want a run, and paused ones.
std::vector<OpenSweep> load_sweeps(Database& database) {
  std::vector<OpenSweep> sweeps;
  Prepared rows(database,
                "SELECT s.id, s.name, s.state, s.priority FROM sweep s JOIN sweep_count c "
                "ON c.sweep = s.id WHERE s.state = 'paused' OR (s.state = 'active' AND c.open > 0) "
                "ORDER BY s.id");
  while (rows.step())
    sweeps.push_back(sweep_from(rows));
  return sweeps;
}

}  // namespace

OpenRuns load_open_runs(Database& database, const SweepIndex& sweeps) {
  OpenRuns open;
  open.sweeps = load_sweeps(database);
  const auto attempts = last_attempts(database);
  MembershipScan memberships(database);
  std::vector<std::int64_t> cells;
  Prepared rows(database,
                "SELECT key, id, shape, replica, failures FROM run WHERE state = 0 ORDER BY key");
  while (rows.step()) {
    memberships.cells_of(rows.integer(0), cells);
    OpenRun run;
    run.sweeps = sweeps.wanted_sweeps_of(cells);
    if (run.sweeps.empty()) continue;
    run.id = rows.run_id(1);
    run.shape = static_cast<std::uint32_t>(rows.integer(2));
    run.replica_json = rows.text(3);
    run.failures = static_cast<std::int32_t>(rows.integer(4));
    if (const auto last = attempts.find(rows.integer(0)); last != attempts.end()) {
      run.last_token = last->second.token;
      run.last_token_ended = last->second.ended;
    }
    open.runs.push_back(std::move(run));
  }
  std::stable_sort(open.runs.begin(), open.runs.end(), [](const auto& a, const auto& b) {
    return a.sweeps.front() < b.sweeps.front();
  });
  compact_shapes(database, open.runs, open.shapes);
  return open;
}

OpenSweep load_open_sweep(Database& database, SweepId id) {
  Prepared row(database, "SELECT id, name, state, priority FROM sweep WHERE id = ?");
  const bool found = row.bind(id.value).step();
  SCANYARD_ASSERT(found, "the caller knows that the sweep exists");
  return sweep_from(row);
}

OpenRunReader::OpenRunReader(Database& database, RunTable& runs, const SweepIndex& sweeps)
    : runs_(runs),
      sweeps_(sweeps),
      run_(database, "SELECT id, shape, replica, failures FROM run WHERE key = ?"),
      shape_(database, "SELECT json, flops, memory_bytes FROM shape WHERE id = ?") {}

OpenRun OpenRunReader::read(std::int64_t run, std::vector<OpenShape>& shapes) {
  const ResetAtEnd reset(run_);
  const bool found = run_.bind(run).step();
  SCANYARD_ASSERT(found, "the caller knows that the run exists");
  OpenRun open;
  open.id = run_.run_id(0);
  open.replica_json = run_.text(2);
  open.failures = static_cast<std::int32_t>(run_.integer(3));
  const auto next = static_cast<std::uint32_t>(shapes.size());
  const auto [at, added] = shape_index_.emplace(run_.integer(1), next);
  open.shape = at->second;
  if (added) {
    const ResetAtEnd reset_shape(shape_);
    shape_.bind(run_.integer(1)).step();
    shapes.push_back({std::string(shape_.text(0)), shape_.real(1), shape_.real(2)});
  }
  const LastAttempt last = runs_.last_attempt(run);
  open.last_token = last.token;
  open.last_token_ended = last.ended;
  open.sweeps = sweeps_.wanted_sweeps_of(runs_.cells_of(run));
  return open;
}

}  // namespace scanyard::store
