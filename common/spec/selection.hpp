//! How a sweep's table is made from its runs: data that is stored with the sweep and printed under
//! every table.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scanyard::spec {

/// Which of a run's evaluations counts as its result.
enum class ReportedEpoch { lowest_test_perplexity, last, best_accuracy };
/// What is read off that evaluation.
enum class Metric { accuracy, micro_accuracy, perplexity };

/// "lowest_test_perplexity", "last", "best_accuracy"; "accuracy", ...: the words of the grammar, of
/// the database and of --json.
std::string_view to_text(ReportedEpoch report);
std::string_view to_text(Metric metric);
std::optional<ReportedEpoch> reported_epoch_from_text(std::string_view text);
std::optional<Metric> metric_from_text(std::string_view text);
/// All of them, in the order of the enumerations.
std::span<const std::string_view> reported_epoch_texts();
std::span<const std::string_view> metric_texts();

/// The selection protocol. A run's value is `metric` at `report`; runs equal outside `average` are
/// averaged, then the best over `maximise` is taken (the lowest for perplexity), then it is
/// rounded.
struct Selection {
  ReportedEpoch report = ReportedEpoch::lowest_test_perplexity;
  Metric metric = Metric::accuracy;
  std::vector<std::string> maximise;  ///< keys, such as lr, seed, hidden
  std::vector<std::string> average;   ///< keys that are averaged first; disjoint from maximise
  int decimals = 3;                   ///< of the table's cells
  std::string name;                   ///< "paper" when it came from that preset, else empty
  friend bool operator==(const Selection&, const Selection&) = default;
};

/// Which keys make the rows and the columns of a table; empty = chosen from the axes that vary.
struct TableLayout {
  std::vector<std::string> rows;
  std::vector<std::string> columns;
  friend bool operator==(const TableLayout&, const TableLayout&) = default;
};

}  // namespace scanyard::spec
