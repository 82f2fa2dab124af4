#include "coordinator/store/batch.hpp"

#include <algorithm>

namespace scanyard::store {
namespace {

bool is_result_state(RunState state) {
  return state == RunState::finished || state == RunState::diverged;
}

}  // namespace

BatchWriter::BatchWriter(Database& database, RunTable& runs, AttemptTable& attempts,
                         CurveTable& curves, ChangeSet& changes, const SweepIndex& sweeps)
    : database_(database),
      runs_(runs),
      attempts_(attempts),
      curves_(curves),
      changes_(changes),
      sweeps_(sweeps),
      insert_cancellation_(database, "INSERT INTO cancellation (reason, at_ms) VALUES (?, ?)"),
      set_sweep_state_(database,
                       "UPDATE sweep SET state = ?, reason = ?, changed_ms = ? WHERE id = ?"),
      set_sweep_priority_(database, "UPDATE sweep SET priority = ? WHERE id = ?") {}

void BatchWriter::apply(std::span<const StoreWrite> batch, ApplyOutcome& outcome) {
  wanted_.clear();
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Effect effect = std::visit([&](const auto& write) { return apply_one(write); }, batch[i]);
    if (effect == Effect::duplicate) outcome.duplicates.push_back(i);
    if (effect == Effect::unknown) outcome.unknown.push_back(i);
    if (effect == Effect::invalid) outcome.invalid.push_back(i);
  }
}

BatchWriter::Effect BatchWriter::apply_one(const RecordAttempt& write) {
  const auto run = runs_.find(write.report.run);
  if (!run) return Effect::unknown;
  if (is_done(run->state)) return Effect::duplicate;
  const bool is_result = is_result_state(write.state_after);
  if (is_result && !write.report.outcome) return Effect::invalid;
  const std::int64_t worker = attempts_.worker_id(write.worker, write.report.ended);
  if (!is_result) return record_end(*run, write, worker);
  accept_result(*run, write, worker);
  return Effect::done;
}

void BatchWriter::accept_result(const RunRow& run, const RecordAttempt& write,
                                std::int64_t worker) {
  const StoredState to = to_stored(write.state_after);
  attempts_.insert_result(run.key, write.report, worker);
  curves_.finish(run.key, write.report.curve);
  runs_.set_state(run.key, to, run.failures);
  const auto& cells = runs_.cells_of(run.key);
  changes_.run_moved(cells, run.state, to);
  changes_.result_at(cells, write.report.ended);
  changes_.worker_finished(worker);
}

BatchWriter::Effect BatchWriter::record_end(const RunRow& run, const RecordAttempt& write,
                                            std::int64_t worker) {
  const auto recorded = attempts_.record(run.key, write.report, worker);
  const bool fails = write.state_after == RunState::failed && run.state != StoredState::failed;
  if (!recorded.news && !fails) return Effect::duplicate;
  if (recorded.failure) changes_.worker_failed(worker);
  const StoredState to = fails ? StoredState::failed : run.state;
  // set_state() would forget why a cancelled run was cancelled.
  if (to != StoredState::cancelled && (fails || recorded.failure)) {
    runs_.set_state(run.key, to, run.failures + (recorded.failure ? 1 : 0));
  }
  if (fails) changes_.run_moved(runs_.cells_of(run.key), run.state, to);
  if (run.state == StoredState::open) curves_.append_open(run.key, write.report.curve);
  return Effect::done;
}

BatchWriter::Effect BatchWriter::apply_one(const RecordProgress& write) {
  points_.clear();
  for (const auto& point : write.points)
    points_.push_back(&point);
  std::stable_sort(points_.begin(), points_.end(),
                   [](const auto* a, const auto* b) { return a->run < b->run; });
  std::vector<EpochPoint> points;
  Effect effect = Effect::done;
  for (std::size_t i = 0; i < points_.size();) {
    const RunId& id = points_[i]->run;
    points.clear();
    for (; i < points_.size() && points_[i]->run == id; ++i)
      points.push_back(points_[i]->point);
    const auto run = runs_.find(id);
    if (!run) effect = Effect::unknown;
    if (run && run->state == StoredState::open) curves_.append_open(run->key, points);
  }
  return effect;
}

BatchWriter::Effect BatchWriter::apply_one(const CancelRuns& write) {
  std::int64_t cancellation = 0;
  Effect effect = Effect::done;
  for (const RunId& id : write.runs) {
    const auto run = runs_.find(id);
    if (!run) effect = Effect::unknown;
    if (!run || run->state != StoredState::open) continue;
    if (cancellation == 0) {
      insert_cancellation_.bind(write.reason, write.at.ms).run();
      cancellation = database_.last_row();
    }
    runs_.cancel(run->key, cancellation);
    changes_.run_moved(runs_.cells_of(run->key), run->state, StoredState::cancelled);
  }
  return effect;
}

BatchWriter::Effect BatchWriter::apply_one(const ReopenRuns& write) {
  Effect effect = Effect::done;
  for (const RunId& id : write.runs) {
    const auto run = runs_.find(id);
    if (!run) effect = Effect::unknown;
    if (!run || run->state != StoredState::cancelled) continue;
    reopen(run->key, run->state);
  }
  return effect;
}

void BatchWriter::reopen(std::int64_t run, StoredState from) {
  if (from == StoredState::diverged) {
    attempts_.set_result_aside(run, AttemptEnd::diverged);
    curves_.remove(run);
  }
  runs_.set_state(run, StoredState::open, 0);
  changes_.run_moved(runs_.cells_of(run), from, StoredState::open);
}

BatchWriter::Effect BatchWriter::apply_one(const RecordWorker& write) {
  attempts_.upsert_worker(write);
  return Effect::done;
}

BatchWriter::Effect BatchWriter::apply_one(const SetSweepState& write) {
  if (!sweeps_.has(write.sweep)) return Effect::unknown;
  if (write.state != "active" && write.state != "paused" && write.state != "cancelled") {
    return Effect::invalid;
  }
  set_sweep_state_.bind(write.state, write.reason, write.at.ms, write.sweep.value).run();
  wanted_.push_back({write.sweep, write.state != "cancelled"});
  return Effect::done;
}

BatchWriter::Effect BatchWriter::apply_one(const SetSweepPriority& write) {
  if (!sweeps_.has(write.sweep)) return Effect::unknown;
  set_sweep_priority_.bind(write.priority, write.sweep.value).run();
  return Effect::done;
}

}  // namespace scanyard::store
