//! From a cell's runs to its number: the selection protocol as a pure function.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/read_model.hpp"
#include "common/records.hpp"
#include "common/spec/selection.hpp"

namespace scanyard::tables {

/// The evaluation that counts as a run's result. Protocol.md 4.2: the epoch with the lowest finite
/// test perplexity, also of a run that diverged later. A run that diverged before its first
/// evaluation has none: it counts among the results (n), but has no value.
const std::optional<EpochPoint>& reported_point(const RunOutcome& outcome,
                                                spec::ReportedEpoch report);

/// What the selection reads off an outcome; nothing without such an evaluation or where the number
/// is not finite.
std::optional<double> reported_value(const RunOutcome& outcome, const spec::Selection& selection);

/// True when `a` is better than `b`: higher, but lower for perplexity.
bool is_better(double a, double b, spec::Metric metric);

/// One run of a cell.
struct StatisticsRun {
  RunId run;
  RunState state = RunState::queued;
  bool solved = false;
  double state_size = 0;        ///< 0 = unknown
  std::optional<double> value;  ///< reported_value()
  /// Canonical JSON of the maximised axes; read only where the selection averages over others.
  std::string maximised_json;
};

struct CellStatistics {
  StateCounts counts;
  std::uint64_t solved = 0;
  /// Runs equal outside the averaged axes are averaged (those that have a value), then the best is
  /// taken. Ties go to the smaller text of the maximised axes.
  std::optional<double> value;
  std::optional<double> mean, standard_deviation, minimum, median, maximum;
  /// What the best of five of these runs would be on average; nothing below five values. How much
  /// `value` owes to the number of tries shows beside it.
  std::optional<double> expected_best_of_5;
  /// The best single run behind `value`; ties go to the smallest run id.
  std::optional<RunId> best_run;
  std::vector<ValueAtState> by_state;
};

/// Independent of the order of `runs`: they are put into the order of their ids first, so that sums
/// of floating-point numbers are the same too. The standard deviation is that of a sample (n - 1),
/// absent below two values.
CellStatistics cell_statistics(std::vector<StatisticsRun> runs, const spec::Selection& selection);

}  // namespace scanyard::tables
