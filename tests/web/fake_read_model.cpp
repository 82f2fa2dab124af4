#include "tests/web/fake_read_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/hash.hpp"
#include "common/tables/cell_statistics.hpp"
#include "tests/web/fake_sweeps.hpp"

namespace scanyard::web {
namespace {

constexpr double solved_above = 0.999;

Error not_found(const std::string& what) {
  return Error(ErrorCode{"store.not_found"}, "There is no " + what + ".");
}

Error broken() {
  return Error(ErrorCode{"store.damaged"}, "The database scanyard.db is damaged at page 17.");
}

/// In -1..1, the same for the same run and epoch: jitter without a random source.
double jitter(const RunId& id, int epoch) {
  const unsigned mixed = id.bytes[epoch % 16] * 31u + static_cast<unsigned>(epoch) * 7919u;
  return static_cast<double>(mixed % 2001) / 1000 - 1;
}

bool is_done(RunState state) {
  return state == RunState::finished || state == RunState::diverged;
}

bool is_open(RunState state) {
  return state == RunState::queued || state == RunState::running;
}

}  // namespace

FakeReadModel::FakeReadModel(Content content) {
  server_ = {"0.1.0 (8d4394c)",
             {3},
             {start_time.ms - 7'260'000},
             start_time,
             "/data/scanyard/scanyard.db",
             "tcp://login1:7400",
             fake_counters(),
             "/data/scanyard/join/worker.yaml"};
  if (content == Content::nothing) return;
  add_permutations();
  add_demo();
  add_hostile();
  submit("fresh", 24);
  add_workers();
}

std::vector<EpochPoint> FakeReadModel::curve_of(const Run& run) {
  std::vector<EpochPoint> curve;
  const int epochs = is_done(run.state) ? run.epochs : run.epochs_done;
  for (int e = 1; e <= epochs; ++e) {
    const double share = 1 - std::exp2(-e / run.half_epochs);
    double accuracy = 0.18 + (run.target - 0.18) * share;
    // The last epoch has exactly the target, so that tables hold numbers that tests can name.
    accuracy = e == run.epochs ? run.target : accuracy + 0.012 * (1 - share) * jitter(run.id, e);
    const double loss = 1.8 * (1 - accuracy) + 0.002 + 0.004 * (1 + jitter(run.id, e + 5));
    curve.push_back({e, e * 79, loss, accuracy, std::min(1.0, accuracy + 0.006), std::exp(loss)});
    if (run.state == RunState::diverged && e == run.epochs / 3) break;
  }
  return curve;
}

std::optional<RunOutcome> FakeReadModel::outcome_of(const Run& run) {
  if (!is_done(run.state)) return std::nullopt;
  const auto curve = curve_of(run);
  RunOutcome outcome;
  outcome.diverged = run.state == RunState::diverged;
  outcome.solved = !outcome.diverged && run.target > solved_above;
  outcome.epochs_done = curve.back().epoch;
  outcome.steps_done = curve.back().step;
  outcome.at_last = curve.back();
  outcome.at_best_accuracy = *std::max_element(
      curve.begin(), curve.end(),
      [](const auto& a, const auto& b) { return a.test_accuracy < b.test_accuracy; });
  outcome.at_lowest_perplexity = curve.back();
  outcome.train_s = 0.41 * outcome.epochs_done;
  outcome.pack_size = 6;
  outcome.device = "cpu: AMD EPYC 9V74, 1 thread";
  outcome.build = "0.1.0 (8d4394c)";
  return outcome;
}

void FakeReadModel::count(Sweep& sweep) {
  StateCounts counts;
  for (const auto& run : sweep.runs)
    ++fake_count(counts, run.state);
  sweep.detail.summary.counts = counts;
  sweep.detail.summary.cells = sweep.cells.size();
}

CellSummary FakeReadModel::summary_of(const Sweep& sweep, const Cell& cell) {
  std::vector<tables::StatisticsRun> runs;
  for (const std::size_t index : cell.runs) {
    const Run& run = sweep.runs[index];
    const auto outcome = outcome_of(run);
    runs.push_back(
        {run.id, run.state, outcome && outcome->solved, run.state_size,
         outcome ? tables::reported_value(*outcome, sweep.detail.selection) : std::nullopt,
         run.axes_json});
  }
  const auto statistics = tables::cell_statistics(std::move(runs), sweep.detail.selection);
  CellSummary summary;
  summary.id = cell.id;
  summary.json = cell.json;
  summary.label = cell.label;
  summary.state = cell.state;
  summary.counts = statistics.counts;
  summary.solved = statistics.solved;
  summary.value = statistics.value;
  summary.mean = statistics.mean;
  summary.standard_deviation = statistics.standard_deviation;
  summary.minimum = statistics.minimum;
  summary.median = statistics.median;
  summary.maximum = statistics.maximum;
  summary.expected_best_of_5 = statistics.expected_best_of_5;
  summary.best_run = statistics.best_run;
  for (const std::size_t index : cell.runs) {
    if (sweep.runs[index].id == statistics.best_run)
      summary.best_axes_json = sweep.runs[index].axes_json;
  }
  summary.published = cell.published;
  summary.by_state = statistics.by_state;
  return summary;
}

std::vector<AttemptSummary> FakeReadModel::attempts_of(const Run& run) {
  std::vector<AttemptSummary> attempts;
  const TimePoint first{start_time.ms - 1'500'000};
  for (int i = 0; i < run.failures; ++i) {
    AttemptSummary attempt;
    attempt.token = {{2}, 1000 + i};
    attempt.worker = "node7-a1";
    attempt.end = "failed";
    attempt.reason = "trainer.out_of_memory";
    attempt.message = "The trainer was killed by the system: it asked for 9.1 GiB of 8 GiB.";
    attempt.log_tail = fake_log_tail();
    attempt.started = {first.ms + i * 60'000};
    attempt.ended = TimePoint{attempt.started.ms + 41'000};
    attempts.push_back(attempt);
  }
  if (run.state == RunState::queued || run.state == RunState::failed) return attempts;
  AttemptSummary last;
  last.token = {{3}, 1041};
  last.worker = "node7-a1";
  last.slot = 1;
  last.started = {start_time.ms - 900'000};
  last.end = run.state == RunState::running ? "running" : std::string(to_text(run.state));
  if (run.state == RunState::cancelled) last.end = "revoked";
  if (run.state != RunState::running) last.ended = TimePoint{last.started.ms + 16'400};
  attempts.push_back(last);
  return attempts;
}

void FakeReadModel::finish_runs(int count_max) {
  const std::lock_guard lock(mutex_);
  for (auto& sweep : sweeps_) {
    if (sweep.detail.summary.name != "demo") continue;
    for (auto& run : sweep.runs) {
      if (count_max == 0 || !is_open(run.state)) continue;
      run.state = RunState::finished;
      --count_max;
    }
    sweep.detail.summary.last_result = server_.now;
    count(sweep);
    if (sweep.detail.summary.counts.queued + sweep.detail.summary.counts.running == 0)
      sweep.detail.summary.state = "complete";
  }
  ++change_;
}

void FakeReadModel::fail_run() {
  const std::lock_guard lock(mutex_);
  for (auto& sweep : sweeps_) {
    if (sweep.detail.summary.name != "demo") continue;
    const auto open = std::find_if(sweep.runs.begin(), sweep.runs.end(),
                                   [](const Run& run) { return is_open(run.state); });
    if (open == sweep.runs.end()) continue;
    open->state = RunState::failed;
    open->failures = 3;
    count(sweep);
  }
  ++change_;
}

void FakeReadModel::lose_worker() {
  const std::lock_guard lock(mutex_);
  for (auto& worker : workers_)
    worker.state = worker.state == "gone" ? "gone" : "lost";
  ++change_;
}

void FakeReadModel::submit(const std::string& name, int runs) {
  const std::lock_guard lock(mutex_);
  Sweep& sweep = add_sweep(name, "Submitted just now.", "active", 0);
  Cell cell{{++cells_given_}, R"({"m":4,"model":"bdlru","task":"permutation"})", "{}", {}, 256, {}};
  for (int i = 0; i < runs; ++i) {
    Run run;
    run.shape_json = R"({"hidden":64,"m":4,"model":"bdlru","task":"permutation"})";
    run.replica_json = fmt::format(R"({{"lr":0.001,"seed":{}}})", i + 1);
    run.axes_json = run.replica_json;
    run.id = Hasher().update(name + run.replica_json).finish();
    run.target = 0.9;
    cell.runs.push_back(sweep.runs.size());
    sweep.runs.push_back(run);
  }
  sweep.cells.push_back(std::move(cell));
  count(sweep);
  ++change_;
}

void FakeReadModel::break_down() {
  const std::lock_guard lock(mutex_);
  broken_ = true;
  ++change_;
}

const FakeReadModel::Sweep* FakeReadModel::find(SweepId id) const {
  const auto found = std::find_if(sweeps_.begin(), sweeps_.end(), [&](const Sweep& sweep) {
    return sweep.detail.summary.id == id;
  });
  return found == sweeps_.end() ? nullptr : &*found;
}

Result<const FakeReadModel::Cell*> FakeReadModel::find(SweepId sweep, CellId cell) const {
  if (broken_) return tl::unexpected(broken());
  const Sweep* in = find(sweep);
  if (!in) return tl::unexpected(not_found(fmt::format("sweep {}", sweep.value)));
  const auto found = std::find_if(in->cells.begin(), in->cells.end(),
                                  [&](const Cell& candidate) { return candidate.id == cell; });
  if (found == in->cells.end())
    return tl::unexpected(not_found(fmt::format("cell {}", cell.value)));
  return &*found;
}

std::uint64_t FakeReadModel::change_number() {
  const std::lock_guard lock(mutex_);
  return change_;
}

Result<ServerStatus> FakeReadModel::server() {
  const std::lock_guard lock(mutex_);
  if (broken_) return tl::unexpected(broken());
  return server_;
}

Result<std::vector<SweepSummary>> FakeReadModel::sweeps() {
  const std::lock_guard lock(mutex_);
  if (broken_) return tl::unexpected(broken());
  std::vector<SweepSummary> list;
  for (auto sweep = sweeps_.rbegin(); sweep != sweeps_.rend(); ++sweep)
    list.push_back(sweep->detail.summary);
  return list;
}

Result<SweepDetail> FakeReadModel::sweep(SweepId id) {
  const std::lock_guard lock(mutex_);
  if (broken_) return tl::unexpected(broken());
  const Sweep* found = find(id);
  if (!found) return tl::unexpected(not_found(fmt::format("sweep {}", id.value)));
  return found->detail;
}

Result<std::vector<CellSummary>> FakeReadModel::cells(SweepId id) {
  const std::lock_guard lock(mutex_);
  if (broken_) return tl::unexpected(broken());
  const Sweep* found = find(id);
  if (!found) return tl::unexpected(not_found(fmt::format("sweep {}", id.value)));
  std::vector<CellSummary> list;
  for (const auto& cell : found->cells)
    list.push_back(summary_of(*found, cell));
  return list;
}

Result<std::vector<CellRun>> FakeReadModel::cell_runs(SweepId sweep, CellId cell) {
  const std::lock_guard lock(mutex_);
  const auto found = find(sweep, cell);
  if (!found) return tl::unexpected(found.error());
  std::vector<CellRun> list;
  for (const std::size_t index : (*found)->runs) {
    const Run& run = find(sweep)->runs[index];
    const auto outcome = outcome_of(run);
    CellRun entry{run.id, run.state, run.axes_json, {}, 0, outcome && outcome->solved};
    if (outcome) {
      entry.value = tables::reported_value(*outcome, find(sweep)->detail.selection);
      entry.epoch = outcome->at_lowest_perplexity->epoch;
    }
    list.push_back(entry);
  }
  return list;
}

Result<std::vector<CurveOfRun>> FakeReadModel::cell_curves(SweepId sweep, CellId cell) {
  const std::lock_guard lock(mutex_);
  const auto found = find(sweep, cell);
  if (!found) return tl::unexpected(found.error());
  std::vector<CurveOfRun> list;
  for (const std::size_t index : (*found)->runs) {
    const Run& run = find(sweep)->runs[index];
    list.push_back({run.id, run.state, run.axes_json, curve_of(run)});
  }
  return list;
}

Result<RunDetail> FakeReadModel::run(const RunId& id) {
  const std::lock_guard lock(mutex_);
  if (broken_) return tl::unexpected(broken());
  for (const auto& sweep : sweeps_) {
    for (const auto& run : sweep.runs) {
      if (run.id != id) continue;
      RunDetail detail{id, run.state, run.shape_json, run.replica_json, outcome_of(run)};
      if (run.state == RunState::failed)
        detail.error = "3 attempts failed, the last with trainer.out_of_memory.";
      if (run.state == RunState::cancelled)
        detail.error = "Cancelled by " + hostile_name + ": not needed.";
      detail.attempts = attempts_of(run);
      detail.curve = curve_of(run);
      const Cell& cell = sweep.cells[run.cell];
      detail.memberships.push_back(
          {sweep.detail.summary.id, sweep.detail.summary.name, cell.id, cell.label});
      return detail;
    }
  }
  return tl::unexpected(not_found("run " + id.short_hex()));
}

Result<RunId> FakeReadModel::find_run(const std::string& prefix) {
  const std::lock_guard lock(mutex_);
  if (broken_) return tl::unexpected(broken());
  std::vector<RunId> fitting;
  for (const auto& sweep : sweeps_) {
    for (const auto& run : sweep.runs) {
      if (run.id.hex().starts_with(prefix)) fitting.push_back(run.id);
    }
  }
  if (fitting.empty())
    return tl::unexpected(not_found("run whose id starts with '" + prefix + "'"));
  if (fitting.size() > 1) {
    return fail(ErrorCode{"store.ambiguous"},
                fmt::format("{} runs have an id that starts with '{}'.", fitting.size(), prefix));
  }
  return fitting.front();
}

Result<std::vector<WorkerStatus>> FakeReadModel::workers() {
  const std::lock_guard lock(mutex_);
  if (broken_) return tl::unexpected(broken());
  return workers_;
}

Result<std::vector<KnownRun>> FakeReadModel::known_runs(std::span<const RunId>) {
  return std::vector<KnownRun>{};
}

}  // namespace scanyard::web
