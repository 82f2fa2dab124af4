#include "coordinator/store/read_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "coordinator/store/errc.hpp"
#include "coordinator/store/live_counts.hpp"
#include "coordinator/store/sweep_index.hpp"

namespace scanyard::store {
namespace {

constexpr const char* run_sql =
    "SELECT r.key, r.state, s.json, r.replica, "
    "(SELECT reason FROM cancellation WHERE id = r.cancellation), o.run, o.message, o.solved, "
    "o.epochs_done, o.steps_done, o.train_s, o.pack_size, "
    "(SELECT text FROM label WHERE id = o.device), (SELECT text FROM label WHERE id = o.build), "
    "o.low_epoch, o.low_step, o.low_loss, o.low_accuracy, o.low_micro, o.low_perplexity, "
    "o.best_epoch, o.best_step, o.best_loss, o.best_accuracy, o.best_micro, o.best_perplexity, "
    "o.last_epoch, o.last_step, o.last_loss, o.last_accuracy, o.last_micro, o.last_perplexity "
    "FROM run r JOIN shape s ON s.id = r.shape LEFT JOIN result o ON o.run = r.key "
    "WHERE r.id = ?";

constexpr const char* attempts_sql =
    "SELECT a.token_epoch, a.token_number, w.name, a.slot, a.end, a.reason, a.message, "
    "a.log_tail, a.started_ms, a.ended_ms FROM attempt a JOIN worker w ON w.id = a.worker "
    "WHERE a.run = ?1 "
    "UNION ALL SELECT o.token_epoch, o.token_number, w.name, o.slot, "
    "CASE WHEN r.state = 2 THEN 'diverged' ELSE 'finished' END, coalesce(o.reason, ''), "
    "coalesce(o.message, ''), coalesce(o.log_tail, ''), o.started_ms, o.ended_ms "
    "FROM result o JOIN worker w ON w.id = o.worker JOIN run r ON r.key = o.run WHERE o.run = ?1 "
    "ORDER BY 1, 2";

constexpr const char* memberships_sql =
    "SELECT c.sweep, s.name, c.id, c.label FROM membership m JOIN cell c ON c.id = m.cell "
    "JOIN sweep s ON s.id = c.sweep WHERE m.run = ? ORDER BY c.id";

/// NULL in a point that exists stands for not a number.
double number_at(const Prepared& row, int column) {
  return row.is_null(column) ? std::numeric_limits<double>::quiet_NaN() : row.real(column);
}

std::optional<EpochPoint> point_at(const Prepared& row, int first) {
  if (row.is_null(first)) return std::nullopt;
  EpochPoint point;
  point.epoch = static_cast<std::int32_t>(row.integer(first));
  point.step = row.integer(first + 1);
  point.train_loss = number_at(row, first + 2);
  point.test_accuracy = number_at(row, first + 3);
  point.test_micro_accuracy = number_at(row, first + 4);
  point.test_perplexity = number_at(row, first + 5);
  return point;
}

RunOutcome outcome_from(const Prepared& row, bool diverged) {
  RunOutcome outcome;
  outcome.diverged = diverged;
  outcome.solved = row.integer(7) != 0;
  outcome.epochs_done = static_cast<std::int32_t>(row.integer(8));
  outcome.steps_done = row.integer(9);
  outcome.train_s = row.real(10);
  outcome.pack_size = static_cast<std::int32_t>(row.integer(11));
  outcome.device = row.text(12);
  outcome.build = row.text(13);
  outcome.at_lowest_perplexity = point_at(row, 14);
  outcome.at_best_accuracy = point_at(row, 20);
  outcome.at_last = point_at(row, 26);
  return outcome;
}

std::vector<AttemptSummary> read_attempts(ReadConnection& connection, std::int64_t key,
                                          const RunningRun* running) {
  auto& rows = connection.statement(attempts_sql);
  const ResetAtEnd reset(rows);
  std::vector<AttemptSummary> attempts;
  rows.bind(key);
  while (rows.step()) {
    AttemptSummary attempt;
    attempt.token = Token{Epoch{rows.integer(0)}, rows.integer(1)};
    attempt.worker = rows.text(2);
    attempt.slot = static_cast<std::int32_t>(rows.integer(3));
    attempt.end = rows.text(4);
    attempt.reason = rows.text(5);
    attempt.message = rows.text(6);
    attempt.log_tail = rows.text(7);
    attempt.started = TimePoint{rows.integer(8)};
    attempt.ended = TimePoint{rows.integer(9)};
    attempts.push_back(std::move(attempt));
  }
  if (running != nullptr) {
    AttemptSummary attempt;
    attempt.token = running->token;
    attempt.worker = running->worker;
    attempt.slot = static_cast<std::int32_t>(running->slot.value);
    attempt.end = "running";
    attempt.started = running->started;
    attempts.push_back(std::move(attempt));
  }
  return attempts;
}

std::string last_failure(const std::vector<AttemptSummary>& attempts) {
  const auto failed = std::find_if(attempts.rbegin(), attempts.rend(),
                                   [](const auto& attempt) { return attempt.end == "failed"; });
  return failed == attempts.rend() ? "" : failed->message;
}

std::vector<RunDetail::Membership> read_memberships(ReadConnection& connection, std::int64_t key) {
  auto& rows = connection.statement(memberships_sql);
  const ResetAtEnd reset(rows);
  std::vector<RunDetail::Membership> memberships;
  rows.bind(key);
  while (rows.step()) {
    memberships.push_back({SweepId{rows.integer(0)}, std::string(rows.text(1)),
                           CellId{rows.integer(2)}, std::string(rows.text(3))});
  }
  return memberships;
}

/// The ids that start with these hexadecimal digits: first and last one.
std::optional<std::pair<RunId, RunId>> range_of(const std::string& prefix) {
  const auto low = RunId::parse(prefix + std::string(32 - prefix.size(), '0'));
  const auto high = RunId::parse(prefix + std::string(32 - prefix.size(), 'f'));
  if (!low || !high) return std::nullopt;
  return std::pair(*low, *high);
}

}  // namespace

std::optional<RunDetail> read_run(ReadConnection& connection, const RunId& id,
                                  const LiveStatus* live) {
  auto& row = connection.statement(run_sql);
  const ResetAtEnd reset(row);
  if (!row.bind(id).step()) return std::nullopt;
  const std::int64_t key = row.integer(0);
  const auto state = static_cast<StoredState>(row.integer(1));
  RunDetail run;
  run.id = id;
  run.state = visible_state(state, id, live);
  run.shape_json = row.text(2);
  run.replica_json = row.text(3);
  if (!row.is_null(5)) run.outcome = outcome_from(row, state == StoredState::diverged);
  const RunningRun* running = state == StoredState::open ? find_running(live, id) : nullptr;
  run.attempts = read_attempts(connection, key, running);
  if (state == StoredState::cancelled) {
    run.error = row.text(4);
  } else {
    run.error = run.outcome ? std::string(row.text(6)) : last_failure(run.attempts);
  }
  run.curve = connection.curves().read(key);
  run.memberships = read_memberships(connection, key);
  return run;
}

Result<RunId> find_run_by_prefix(ReadConnection& connection, const std::string& prefix) {
  std::string digits = prefix;
  for (auto& c : digits) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  }
  const auto range = digits.empty() || digits.size() > 32 ? std::nullopt : range_of(digits);
  if (!range) {
    return fail(errc::not_found,
                fmt::format("'{}' is no run id: it has 1 to 32 hexadecimal digits", prefix));
  }
  auto& rows =
      connection.statement("SELECT id FROM run WHERE id BETWEEN ? AND ? ORDER BY id LIMIT 2");
  const ResetAtEnd reset(rows);
  if (!rows.bind(range->first, range->second).step()) {
    return fail(errc::not_found, fmt::format("there is no run {}", prefix));
  }
  const RunId found = rows.run_id(0);
  if (!rows.step()) return found;
  return fail(errc::ambiguous,
              fmt::format("several runs start with '{}', such as {} and {}: give more digits",
                          prefix, found.hex(), rows.run_id(0).hex()));
}

std::vector<KnownRun> read_known_runs(ReadConnection& connection, std::span<const RunId> runs,
                                      const LiveStatus* live) {
  SweepIndex sweeps;
  sweeps.load(connection.database());
  // Cells of older sweeps have smaller numbers.
  auto& find = connection.statement(
      "SELECT r.state, (SELECT min(m.cell) FROM membership m WHERE m.run = r.key) "
      "FROM run r WHERE r.id = ?");
  const ResetAtEnd reset(find);
  std::vector<KnownRun> known;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (!find.bind(runs[i]).step()) continue;
    const auto state = static_cast<StoredState>(find.integer(0));
    known.push_back({i, visible_state(state, runs[i], live), sweeps.sweep_of(find.integer(1)).id});
  }
  return known;
}

}  // namespace scanyard::store
