#include "tests/simulation/store_model.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/assert.hpp"

namespace scanyard::simulation {
namespace {

Stored stored_of(RunState state) {
  switch (state) {
    case RunState::finished:
      return Stored::finished;
    case RunState::diverged:
      return Stored::diverged;
    case RunState::failed:
      return Stored::failed;
    case RunState::cancelled:
      return Stored::cancelled;
    case RunState::queued:
    case RunState::running:
      break;
  }
  return Stored::open;
}

bool is_done(Stored state) {
  return state == Stored::finished || state == Stored::diverged;
}

}  // namespace

Epoch StoreModel::open() {
  return epoch_ = {epoch_.value + 1};
}

const StoredRun* StoreModel::find(const RunId& run) const {
  const auto found = runs_.find(run);
  return found == runs_.end() ? nullptr : &found->second;
}

bool StoreModel::wanted(const StoredRun& run) const {
  return std::any_of(run.sweeps.begin(), run.sweeps.end(),
                     [&](SweepId sweep) { return sweeps_.at(sweep).state != "cancelled"; });
}

OpenRun StoreModel::open_run(const RunId& id, const StoredRun& run) const {
  OpenRun open;
  open.id = id;
  open.shape = run.shape;
  open.replica_json = run.values;
  open.failures = run.failures;
  for (const SweepId sweep : run.sweeps) {
    if (sweeps_.at(sweep).state != "cancelled") open.sweeps.push_back(sweep);
  }
  if (!run.attempts.empty()) {
    const auto& [token, end] = *run.attempts.rbegin();
    open.last_token = token;
    open.last_token_ended = end == AttemptEnd::failed || end == AttemptEnd::released;
  }
  return open;
}

OpenRuns StoreModel::load_open() const {
  OpenRuns open;
  open.shapes = shapes_;
  std::set<RunId> listed;
  for (const auto& [id, sweep] : sweeps_) {
    if (sweep.state == "cancelled") continue;
    bool any = false;
    for (const RunId& run : sweep.runs) {
      const StoredRun& stored = runs_.at(run);
      if (stored.state != Stored::open) continue;
      any = true;
      if (listed.insert(run).second) open.runs.push_back(open_run(run, stored));
    }
    if (any) open.sweeps.push_back({id, sweep.name, sweep.state, sweep.priority});
  }
  return open;
}

SubmitOutcome StoreModel::submit(const SubmitSweep& request) {
  SubmitOutcome outcome;
  for (const auto& [id, sweep] : sweeps_) {
    if (sweep.request_id != request.request_id) continue;
    outcome.sweep = id;
    outcome.name = sweep.name;
    outcome.repeated = true;
    return outcome;
  }
  outcome.sweep = {static_cast<std::int64_t>(sweeps_.size()) + 1};
  outcome.name = request.expansion->name;
  StoredSweep& sweep = sweeps_[outcome.sweep];
  sweep.name = outcome.name;
  sweep.request_id = request.request_id;
  std::vector<std::uint32_t> shapes;
  for (const auto& shape : request.expansion->shapes) {
    const auto known = std::find_if(shapes_.begin(), shapes_.end(),
                                    [&](const OpenShape& one) { return one.json == shape.json; });
    shapes.push_back(static_cast<std::uint32_t>(known - shapes_.begin()));
    if (known == shapes_.end()) shapes_.push_back({shape.json, 1e9, shape.cost.memory_bytes});
  }
  for (const auto& run : request.expansion->runs) {
    ++outcome.runs;
    sweep.runs.push_back(run.id);
    const auto [entry, added] = runs_.try_emplace(run.id);
    StoredRun& stored = entry->second;
    stored.sweeps.insert(outcome.sweep);
    if (added) {
      ++outcome.new_runs;
      stored.shape = shapes[run.shape];
      stored.values = run.replica_json;
    } else if (is_done(stored.state)) {
      ++outcome.already_done;
    } else if (stored.state == Stored::open) {
      ++outcome.already_open;
    } else {
      reopen(stored);
    }
  }
  outcome.shapes = shapes_;
  for (const RunId& run : sweep.runs) {
    if (runs_.at(run).state == Stored::open) outcome.open.push_back(open_run(run, runs_.at(run)));
  }
  return outcome;
}

RetryOutcome StoreModel::retry(const RetrySweep& request) {
  StoredSweep& sweep = sweeps_.at(request.sweep);
  sweep.state = "active";
  RetryOutcome outcome;
  outcome.sweep = {request.sweep, sweep.name, sweep.state, sweep.priority};
  outcome.shapes = shapes_;
  for (const RunId& run : sweep.runs) {
    StoredRun& stored = runs_.at(run);
    const bool asked =
        std::any_of(request.states.begin(), request.states.end(),
                    [&](RunState state) { return stored_of(state) == stored.state; });
    if (asked) reopen(stored);
    if (stored.state == Stored::open) outcome.open.push_back(open_run(run, stored));
  }
  return outcome;
}

void StoreModel::reopen(StoredRun& run) {
  run.state = Stored::open;
  run.failures = 0;
  run.result.reset();
}

void StoreModel::apply(std::span<const StoreWrite> batch) {
  for (const auto& write : batch)
    std::visit([&](const auto& what) { apply(what); }, write);
}

void StoreModel::apply(const RecordAttempt& record) {
  const auto found = runs_.find(record.report.run);
  if (found == runs_.end()) {
    faults_.push_back("an attempt of an unknown run was recorded");
    return;
  }
  StoredRun& run = found->second;
  const auto before = run.attempts.find(record.report.token);
  const bool failed_before = before != run.attempts.end() && before->second == AttemptEnd::failed;
  const bool fails = record.report.end == AttemptEnd::failed;
  if (fails && !failed_before) ++run.failures;
  run.attempts[record.report.token] = record.report.end;
  if (record.state_after == RunState::queued) return;
  if (is_done(run.state)) {
    faults_.push_back(fmt::format("run {} got a second result: {} after {}",
                                  record.report.run.short_hex(), record.report.token.to_string(),
                                  run.result->to_string()));
  }
  run.state = stored_of(record.state_after);
  if (is_done(run.state)) run.result = record.report.token;
}

void StoreModel::apply(const CancelRuns& cancel) {
  for (const RunId& id : cancel.runs) {
    StoredRun& run = runs_.at(id);
    if (run.state == Stored::open && !wanted(run)) run.state = Stored::cancelled;
  }
}

void StoreModel::apply(const ReopenRuns& reopened) {
  for (const RunId& id : reopened.runs) {
    StoredRun& run = runs_.at(id);
    if (run.state == Stored::cancelled) reopen(run);
  }
}

void StoreModel::apply(const SetSweepState& set) {
  sweeps_.at(set.sweep).state = set.state;
}

void StoreModel::apply(const SetSweepPriority& set) {
  sweeps_.at(set.sweep).priority = set.priority;
}

}  // namespace scanyard::simulation
