#include "common/tables/cell_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <string_view>

#include "common/statistics.hpp"

namespace scanyard::tables {
namespace {

using Runs = std::vector<const StatisticsRun*>;

void count(StateCounts& counts, RunState state) {
  switch (state) {
    case RunState::queued:
      ++counts.queued;
      break;
    case RunState::running:
      ++counts.running;
      break;
    case RunState::finished:
      ++counts.finished;
      break;
    case RunState::diverged:
      ++counts.diverged;
      break;
    case RunState::failed:
      ++counts.failed;
      break;
    case RunState::cancelled:
      ++counts.cancelled;
      break;
  }
}

bool has_result(const StatisticsRun& run) {
  return run.state == RunState::finished || run.state == RunState::diverged;
}

struct Selected {
  std::optional<double> value;
  std::optional<RunId> best_run;
};

/// The best run with a value, the first one of equals.
const StatisticsRun* best_of(const Runs& runs, spec::Metric metric) {
  const StatisticsRun* best = nullptr;
  for (const auto* run : runs) {
    if (!run->value) continue;
    if (best == nullptr || is_better(*run->value, *best->value, metric)) best = run;
  }
  return best;
}

/// Sorted, which the functions of common/statistics.hpp would do each for itself.
std::vector<double> values_of(const Runs& runs) {
  std::vector<double> values;
  for (const auto* run : runs) {
    if (run->value) values.push_back(*run->value);
  }
  std::sort(values.begin(), values.end());
  return values;
}

/// `runs` in the order of their ids.
Selected select(const Runs& runs, const spec::Selection& selection) {
  if (selection.average.empty()) {
    const auto* best = best_of(runs, selection.metric);
    if (best == nullptr) return {};
    return {best->value, best->run};
  }
  std::map<std::string_view, Runs> groups;
  for (const auto* run : runs) {
    if (run->value) groups[run->maximised_json].push_back(run);
  }
  Selected selected;
  for (const auto& [unused, group] : groups) {
    const double value = *mean(values_of(group));
    if (selected.value && !is_better(value, *selected.value, selection.metric)) continue;
    selected = {value, best_of(group, selection.metric)->run};
  }
  return selected;
}

void add_spread(CellStatistics& statistics, const Runs& runs, spec::Metric metric) {
  const auto values = values_of(runs);
  if (values.empty()) return;
  statistics.mean = mean(values);
  statistics.standard_deviation = sample_standard_deviation(values);
  statistics.median = median(values);
  statistics.minimum = values.front();
  statistics.maximum = values.back();
  statistics.expected_best_of_5 = expected_best(values, 5, metric != spec::Metric::perplexity);
}

std::vector<ValueAtState> values_by_state(const Runs& runs, const spec::Selection& selection) {
  std::map<double, Runs> sizes;
  for (const auto* run : runs) {
    if (run->state_size > 0 && has_result(*run)) sizes[run->state_size].push_back(run);
  }
  std::vector<ValueAtState> values;
  for (const auto& [size, group] : sizes) {
    ValueAtState at;
    at.state = size;
    at.value = select(group, selection).value;
    at.results = group.size();
    at.solved = static_cast<std::uint64_t>(
        std::count_if(group.begin(), group.end(), [](const auto* run) { return run->solved; }));
    values.push_back(at);
  }
  return values;
}

}  // namespace

const std::optional<EpochPoint>& reported_point(const RunOutcome& outcome,
                                                spec::ReportedEpoch report) {
  switch (report) {
    case spec::ReportedEpoch::last:
      return outcome.at_last;
    case spec::ReportedEpoch::best_accuracy:
      return outcome.at_best_accuracy;
    case spec::ReportedEpoch::lowest_test_perplexity:
      break;
  }
  return outcome.at_lowest_perplexity;
}

std::optional<double> reported_value(const RunOutcome& outcome, const spec::Selection& selection) {
  const auto& point = reported_point(outcome, selection.report);
  if (!point) return std::nullopt;
  double value = point->test_accuracy;
  if (selection.metric == spec::Metric::micro_accuracy) value = point->test_micro_accuracy;
  if (selection.metric == spec::Metric::perplexity) value = point->test_perplexity;
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

bool is_better(double a, double b, spec::Metric metric) {
  return metric == spec::Metric::perplexity ? a < b : a > b;
}

CellStatistics cell_statistics(std::vector<StatisticsRun> runs, const spec::Selection& selection) {
  Runs ordered;
  ordered.reserve(runs.size());
  CellStatistics statistics;
  for (auto& run : runs) {
    // A value without a result cannot count, whoever handed it in.
    if (!has_result(run)) run.value.reset();
    count(statistics.counts, run.state);
    statistics.solved += run.solved && has_result(run) ? 1 : 0;
    ordered.push_back(&run);
  }
  std::sort(ordered.begin(), ordered.end(),
            [](const auto* a, const auto* b) { return a->run < b->run; });
  const Selected selected = select(ordered, selection);
  statistics.value = selected.value;
  statistics.best_run = selected.best_run;
  add_spread(statistics, ordered, selection.metric);
  statistics.by_state = values_by_state(ordered, selection);
  return statistics;
}

}  // namespace scanyard::tables
