#include "common/tables/results_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "common/assert.hpp"
#include "common/tables/headings.hpp"
#include "common/tables/rounding.hpp"

namespace scanyard::tables {
namespace {

constexpr std::array<std::string_view, 5> status_texts = {"value", "open", "diverged", "failed",
                                                          "absent"};

/// Keys that need a place: those of the labels (what varies), model and task first.
std::vector<std::string> varying_keys(std::span<const CellSummary> cells) {
  std::set<std::string> seen;
  for (const auto& cell : cells) {
    for (auto& key : KeyTexts(cell.label).keys())
      seen.insert(std::move(key));
  }
  std::vector<std::string> keys;
  for (const char* first : {"model", "m", "task", "group"}) {
    if (seen.erase(first) > 0) keys.emplace_back(first);
  }
  keys.insert(keys.end(), seen.begin(), seen.end());
  return keys;
}

bool contains(const std::vector<std::string>& keys, const std::string& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// Finds or adds the heading of a cell. Headings keep the order in which they were added.
class Headings {
 public:
  Headings(std::vector<TableHeading>& headings, const std::vector<std::string>& keys,
           const KeyTexts& common)
      : headings_(headings), keys_(keys), common_(common) {}

  std::size_t place(const KeyTexts& varying) {
    std::vector<std::string> values;
    for (const auto& key : keys_)
      values.push_back(varying.has(key) ? varying.text(key) : common_.text(key));
    const auto [at, added] = index_.try_emplace(values, headings_.size());
    if (added) headings_.push_back({std::move(values), label(varying)});
    return at->second;
  }

 private:
  std::string label(const KeyTexts& varying) const {
    KeyTexts both = common_;
    both.merge(varying);
    return both.label(keys_);
  }

  std::vector<TableHeading>& headings_;
  const std::vector<std::string>& keys_;
  const KeyTexts& common_;
  std::map<std::vector<std::string>, std::size_t> index_;
};

CellStatus status_of(const CellSummary& cell) {
  if (cell.value) return CellStatus::value;
  if (cell.counts.queued + cell.counts.running > 0) return CellStatus::open;
  return cell.counts.done() > 0 ? CellStatus::diverged : CellStatus::failed;
}

std::string signed_text(double value, int decimals) {
  const std::string text = fixed_text(value, decimals);
  return text.front() != '-' && text.find_first_not_of("0.") != text.npos ? "+" + text : text;
}

TableCell make_cell(const CellSummary& summary, const spec::Selection& selection) {
  TableCell cell;
  cell.status = status_of(summary);
  cell.summary = summary;
  const int decimals = selection.decimals;
  cell.value_text = cell.status == CellStatus::open ? "..." : std::string(to_text(cell.status));
  if (summary.value) {
    cell.value = round_decimals(*summary.value, decimals);
    cell.value_text = fixed_text(*summary.value, decimals);
  }
  if (summary.published) {
    const int published_decimals = std::max(2, decimals_of(*summary.published));
    cell.published_text = fixed_text(*summary.published, published_decimals);
    if (cell.value) {
      const int finer = std::max(decimals, published_decimals);
      cell.difference = round_decimals(*cell.value - *summary.published, finer);
      cell.difference_text = signed_text(*cell.difference, finer);
    }
  }
  if (summary.mean) {
    const int finer = std::max(decimals, 3);
    cell.spread_text = fixed_text(*summary.mean, finer);
    if (summary.standard_deviation) {
      cell.spread_text += " ± " + fixed_text(*summary.standard_deviation, finer);
    }
  }
  cell.solve_rate = wilson_interval(summary.solved, summary.counts.done());
  cell.count_text = fmt::format("{}/{}", summary.counts.done(), summary.counts.total());
  return cell;
}

/// A table that is nearly empty would cost rows times columns for nothing.
bool is_too_sparse(const ResultsTable& table, std::size_t cells) {
  return table.rows.size() * table.columns.size() > 10'000 + 4 * cells;
}

/// Every key a row's: one column, as many rows as cells.
spec::TableLayout all_in_rows(spec::TableLayout layout) {
  layout.rows.insert(layout.rows.end(), layout.columns.begin(), layout.columns.end());
  layout.columns.clear();
  return layout;
}

/// The keys of every cell. Labels are short and hold all that varies; what does not vary is read
/// once, off the first cell.
class CellKeys {
 public:
  explicit CellKeys(std::span<const CellSummary> cells) {
    labels_.reserve(cells.size());
    for (const auto& cell : cells) {
      labels_.emplace_back(cell.label);
      for (auto& key : labels_.back().keys())
        varying_.insert(std::move(key));
    }
    if (cells.empty()) return;
    common_ = KeyTexts(cells.front().json);
    for (const auto& key : varying_)
      common_.erase(key);
  }

  /// Cell `index`'s texts of what varies, completed by what all cells share.
  const KeyTexts& varying(std::size_t index) const { return labels_[index]; }
  const KeyTexts& common() const { return common_; }

 private:
  std::vector<KeyTexts> labels_;
  std::set<std::string> varying_;
  KeyTexts common_{"{}"};
};

/// Fills rows, columns and cells. False when two cells fall on one place, or nearly all are empty.
bool place_cells(ResultsTable& table, const spec::TableLayout& layout, const CellKeys& keys,
                 std::span<const CellSummary> cells, const spec::Selection& selection) {
  table.row_keys = layout.rows;
  table.column_keys = layout.columns;
  table.rows.clear();
  table.columns.clear();
  table.cells.clear();
  Headings rows(table.rows, layout.rows, keys.common());
  Headings columns(table.columns, layout.columns, keys.common());
  std::vector<std::pair<std::size_t, std::size_t>> places;
  places.reserve(cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i)
    places.emplace_back(rows.place(keys.varying(i)), columns.place(keys.varying(i)));
  if (is_too_sparse(table, cells.size())) return false;
  table.cells.resize(table.rows.size() * table.columns.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto [row, column] = places[i];
    auto& cell = table.cells[row * table.columns.size() + column];
    if (cell.status != CellStatus::absent) return false;
    cell = make_cell(cells[i], selection);
  }
  return true;
}

std::string report_text(spec::ReportedEpoch report) {
  switch (report) {
    case spec::ReportedEpoch::last:
      return "the last epoch";
    case spec::ReportedEpoch::best_accuracy:
      return "the epoch with the best test accuracy";
    case spec::ReportedEpoch::lowest_test_perplexity:
      break;
  }
  return "the epoch with the lowest test perplexity";
}

}  // namespace

std::string_view to_text(CellStatus status) {
  return status_texts[static_cast<std::size_t>(status)];
}

bool ResultsTable::has_published() const {
  return std::any_of(cells.begin(), cells.end(),
                     [](const auto& cell) { return cell.summary.published.has_value(); });
}

spec::TableLayout choose_layout(const spec::TableLayout& asked,
                                std::span<const CellSummary> cells) {
  spec::TableLayout layout = asked;
  const bool columns_open = asked.columns.empty();
  for (const auto& key : varying_keys(cells)) {
    if (contains(layout.rows, key) || contains(layout.columns, key)) continue;
    (columns_open && describes_task(key) ? layout.columns : layout.rows).push_back(key);
  }
  if (layout.rows.empty() && !cells.empty()) {
    const KeyTexts first(cells.front().json);
    for (const char* key : {"model", "m"}) {
      if (first.has(key) && !contains(layout.columns, key)) layout.rows.emplace_back(key);
    }
  }
  return layout;
}

ResultsTable build_results_table(const SweepDetail& sweep, std::span<const CellSummary> cells) {
  ResultsTable table;
  table.sweep = sweep.summary.id;
  table.title = sweep.summary.name;
  table.state = sweep.summary.state;
  table.counts = sweep.summary.counts;
  table.metric = metric_text(sweep.selection.metric);
  table.protocol = protocol_text(sweep.selection);
  table.selection = sweep.selection;
  const CellKeys keys(cells);
  const auto& asked = sweep.layout;
  const bool complete = !(asked.rows.empty() && asked.columns.empty());
  if (complete && place_cells(table, asked, keys, cells, sweep.selection)) return table;
  const auto chosen = choose_layout(asked, cells);
  if (place_cells(table, chosen, keys, cells, sweep.selection)) return table;
  const bool placed = place_cells(table, all_in_rows(chosen), keys, cells, sweep.selection);
  SCANYARD_ASSERT(placed, "the cells of a sweep differ in at least one key of their labels");
  return table;
}

std::string metric_text(spec::Metric metric) {
  switch (metric) {
    case spec::Metric::micro_accuracy:
      return "test micro accuracy";
    case spec::Metric::perplexity:
      return "test perplexity";
    case spec::Metric::accuracy:
      break;
  }
  return "test accuracy";
}

std::string protocol_text(const spec::Selection& selection) {
  std::string text =
      fmt::format("Value: {} at {}", metric_text(selection.metric), report_text(selection.report));
  if (!selection.average.empty())
    text += fmt::format(", mean over {}", fmt::join(selection.average, ", "));
  if (!selection.maximise.empty()) {
    const char* best = selection.metric == spec::Metric::perplexity ? "lowest" : "best";
    text += fmt::format(", {} over {}", best, fmt::join(selection.maximise, ", "));
  }
  text += fmt::format("; rounded to {} decimals", selection.decimals);
  if (!selection.name.empty()) text += fmt::format(" (selection \"{}\")", selection.name);
  return text + ".";
}

}  // namespace scanyard::tables
