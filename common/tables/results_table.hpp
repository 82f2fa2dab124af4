//! A sweep's best-of-seeds table as plain data: rows and columns of keys, one cell where they meet.
//! Pure: the same sweep and cells give the same table, byte for byte. The renderers (terminal, CSV,
//! JSON here; HTML in web/) only write down what stands in these structs.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/read_model.hpp"
#include "common/statistics.hpp"

namespace scanyard::tables {

/// What stands in one place of a table.
enum class CellStatus {
  value,     ///< there is a number
  open,      ///< no number yet; runs are queued or running
  diverged,  ///< every result diverged before its first evaluation
  failed,    ///< nothing came of any run: failed or cancelled
  absent,    ///< the sweep has no such combination
};

/// "value", "open", "diverged", "failed", "absent".
std::string_view to_text(CellStatus status);

struct TableCell {
  CellStatus status = CellStatus::absent;
  CellSummary summary;  ///< everything that is known of the cell; default where absent

  /// `summary.value` after the selection's rounding.
  std::optional<double> value;
  /// Rounded value minus published number, free of binary noise.
  std::optional<double> difference;
  std::string value_text;      ///< "0.983"; "..." while open, "diverged", "failed", "" where absent
  std::string published_text;  ///< "0.98": at least two decimals; "" where there is none
  std::string difference_text;  ///< "+0.003", "-0.010", "0.000"; ""
  std::string spread_text;      ///< "0.873 ± 0.041" (mean and sd over the runs); ""
  std::string count_text;       ///< "14/15": runs with a result of all runs
  /// 95 % interval of the share of results that are solved (Wilson); {0, 1} without results.
  Interval solve_rate;

  /// Results (finished or diverged), failed runs, diverged runs, solved runs.
  std::uint64_t n() const { return summary.counts.done(); }
  std::uint64_t failed() const { return summary.counts.failed; }
  std::uint64_t diverged() const { return summary.counts.diverged; }
  std::uint64_t solved() const { return summary.solved; }
  std::uint64_t open() const { return summary.counts.queued + summary.counts.running; }
};

/// One row's or column's place: the text of each of its keys, "" where the key does not apply.
struct TableHeading {
  std::vector<std::string> values;
  /// "bdlru m=5": what to print where there is one line for it.
  std::string label;
};

struct ResultsTable {
  SweepId sweep;
  std::string title;     ///< the sweep's name
  std::string state;     ///< "active", "paused", "complete", "cancelled"
  StateCounts counts;    ///< of the sweep's runs
  std::string metric;    ///< "test accuracy"
  std::string protocol;  ///< the selection protocol in one sentence, printed under the table
  spec::Selection selection;
  std::vector<std::string> row_keys, column_keys;
  std::vector<TableHeading> rows, columns;
  std::vector<TableCell> cells;  ///< rows.size() * columns.size(), row by row

  const TableCell& at(std::size_t row, std::size_t column) const {
    return cells[row * columns.size() + column];
  }
  bool has_published() const;
};

/// Keys of rows and columns. What the spec named stays; every other key that varies between cells
/// is added (those that describe the task to the columns where the spec left columns open, else to
/// the rows), so that no cell hides another.
spec::TableLayout choose_layout(const spec::TableLayout& asked, std::span<const CellSummary> cells);

/// `cells` in the spec's order; rows and columns appear in the order in which their first cell
/// does.
ResultsTable build_results_table(const SweepDetail& sweep, std::span<const CellSummary> cells);

/// "Value: test accuracy at the epoch with the lowest test perplexity, best over lr, seed; rounded
/// to 3 decimals."
std::string protocol_text(const spec::Selection& selection);

/// "test accuracy", "test micro accuracy", "test perplexity".
std::string metric_text(spec::Metric metric);

}  // namespace scanyard::tables
