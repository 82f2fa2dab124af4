#include "web/pages/results_table_html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "common/text.hpp"
#include "web/format.hpp"
#include "web/html/template.hpp"
#include "web/pages/paging.hpp"
#include "web/pages/parts.hpp"

namespace scanyard::web {
namespace {

using tables::CellStatus;
using tables::ResultsTable;
using tables::TableCell;

std::string cell_address(const ResultsTable& table, const TableCell& cell) {
  return fmt::format("/sweeps/{}/cells/{}", table.sweep.value, cell.summary.id.value);
}

/// The number itself, or in words why there is none; both lead to the cell's page.
Html value_html(const ResultsTable& table, const TableCell& cell) {
  if (cell.status == CellStatus::value) return link(cell_address(table, cell), cell.value_text);
  const bool open = cell.status == CellStatus::open;
  return link(cell_address(table, cell), open ? "no result yet" : cell.value_text);
}

/// A minus sign as wide as a plus instead of the hyphen of plain text.
std::string typographic(std::string text) {
  if (text.starts_with('-')) text.replace(0, 1, "\u2212");
  return text;
}

std::string results_text(const TableCell& cell) {
  return fmt::format("{} of {}", with_thousands(static_cast<long long>(cell.n())),
                     with_thousands(static_cast<long long>(cell.summary.counts.total())));
}

/// What five of these runs would give on average: less than the best of all, the more so the more
/// runs there are.
std::string best_of_five_text(const TableCell& cell, int decimals) {
  const auto& expected = cell.summary.expected_best_of_5;
  return expected ? fixed(*expected, decimals) : "";
}

/// Mean, spread and what stands beside them have three decimals or more: rounded like the number
/// itself, a mean just below the best value would read as equal to it (results_table.cpp rounds the
/// mean in the same way).
int finer_decimals(const ResultsTable& table) {
  return std::max(table.selection.decimals, 3);
}

std::string range_text(const CellSummary& summary, int decimals) {
  if (!summary.minimum || !summary.median || !summary.maximum) return "";
  return fmt::format("{} / {} / {}", fixed(*summary.minimum, decimals),
                     fixed(*summary.median, decimals), fixed(*summary.maximum, decimals));
}

/// A count that is not what one hopes for stands out as soon as it is not 0.
Html ends_html(std::uint64_t count, std::string_view css) {
  if (count == 0) return Html{"0"};
  return Html{fmt::format("<span class=\"chip {}\">{}</span>", css, count)};
}

Html best_html(const CellSummary& summary) {
  if (!summary.best_run) return Html{""};
  return link("/runs/" + summary.best_run->hex(), fields_text(json_fields(summary.best_axes_json)));
}

Node::List named(const std::vector<std::string>& names) {
  Node::List list;
  for (const auto& name : names)
    list.push_back(Node::Object{{"name", name}});
  return list;
}

Node::List heading_nodes(const tables::TableHeading& heading) {
  Node::List list;
  for (const auto& value : heading.values)
    list.push_back(Node::Object{{"text", value.empty() ? "\u2013" : value}});
  return list;
}

Html as_lines(const ResultsTable& table) {
  Node::List lines;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const TableCell& cell = table.at(row, 0);
    const int decimals = finer_decimals(table);
    lines.push_back(Node::Object{{"id", fmt::format("cell-{}", cell.summary.id.value)},
                                 {"headings", heading_nodes(table.rows[row])},
                                 {"value", value_html(table, cell)},
                                 {"published_text", cell.published_text},
                                 {"difference", typographic(cell.difference_text)},
                                 {"spread", cell.spread_text},
                                 {"range", range_text(cell.summary, decimals)},
                                 {"best_of_five", best_of_five_text(cell, decimals)},
                                 {"results", results_text(cell)},
                                 {"solved", solve_rate_text(cell)},
                                 {"diverged", ends_html(cell.diverged(), "warn")},
                                 {"failed", ends_html(cell.failed(), "bad")},
                                 {"best", best_html(cell.summary)}});
  }
  return render(
      "table_lines.html",
      {{"caption", table.metric + ", one number a line; how it was selected stands below"},
       {"row_keys", named(table.row_keys)},
       {"metric", table.metric},
       {"published", table.has_published()},
       {"lines", std::move(lines)}});
}

/// "3 solved (7 to 45 %), 1 diverged, 1 failed"; "" when there is nothing to say yet.
Html outcome_html(const TableCell& cell) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : " ") + part; };
  if (cell.n() > 0) {
    add(fmt::format("{} solved ({:.0f} to {:.0f} %)", cell.solved(), 100 * cell.solve_rate.low,
                    100 * cell.solve_rate.high));
  }
  if (cell.diverged() > 0)
    add(fmt::format("<span class=\"chip warn\">{} diverged</span>", cell.diverged()));
  if (cell.failed() > 0)
    add(fmt::format("<span class=\"chip bad\">{} failed</span>", cell.failed()));
  return Html{text};
}

Node matrix_cell(const ResultsTable& table, const TableCell& cell) {
  return Node::Object{
      {"present", cell.status != CellStatus::absent},
      {"cell_id", fmt::format("cell-{}", cell.summary.id.value)},
      {"value", value_html(table, cell)},
      {"value_class", cell.status == CellStatus::value ? "value" : "open"},
      {"published", !cell.published_text.empty()},
      {"published_text", cell.published_text},
      {"difference", cell.difference_text.empty() ? std::string()
                                                  : " (" + typographic(cell.difference_text) + ")"},
      {"spread", !cell.spread_text.empty()},
      {"spread_text", cell.spread_text},
      {"expected", cell.summary.expected_best_of_5.has_value()},
      {"best_of_five", best_of_five_text(cell, finer_decimals(table))},
      {"counts", results_text(cell) + " runs"},
      {"ended", cell.n() > 0 || cell.failed() > 0},
      {"outcome", outcome_html(cell)}};
}

/// The headings of one key of the columns. Neighbours under the same headings share one.
Node::List column_headings(const ResultsTable& table, std::size_t key) {
  const auto same_up_to_here = [&](std::size_t a, std::size_t b) {
    const auto& left = table.columns[a].values;
    const auto& right = table.columns[b].values;
    return std::equal(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(key) + 1,
                      right.begin());
  };
  const bool named_key = key < table.column_keys.size();
  Node::List headings;
  for (std::size_t first = 0; first < table.columns.size();) {
    std::size_t end = first + 1;
    while (named_key && end < table.columns.size() && same_up_to_here(first, end))
      ++end;
    const auto& column = table.columns[first];
    headings.push_back(Node::Object{{"key", named_key ? table.column_keys[key] : ""},
                                    {"text", named_key ? column.values[key] : column.label},
                                    {"wide", end - first > 1},
                                    {"scope", end - first > 1 ? "colgroup" : "col"},
                                    {"width", std::to_string(end - first)}});
    first = end;
  }
  return headings;
}

Html as_matrix(const ResultsTable& table) {
  Node::List column_lines;
  const std::size_t height = std::max<std::size_t>(1, table.column_keys.size());
  for (std::size_t key = 0; key < height; ++key) {
    column_lines.push_back(
        Node::Object{{"first", key == 0}, {"cells", column_headings(table, key)}});
  }
  Node::List lines;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    Node::List cells;
    for (std::size_t column = 0; column < table.columns.size(); ++column)
      cells.push_back(matrix_cell(table, table.at(row, column)));
    lines.push_back(Node::Object{{"id", fmt::format("row-{}", row)},
                                 {"headings", heading_nodes(table.rows[row])},
                                 {"cells", std::move(cells)}});
  }
  return render(
      "table_matrix.html",
      {{"caption",
        "In each cell: " + table.metric +
            ", the published value with the difference from it, mean ± standard deviation "
            "over the runs, what the best of 5 runs would be on average, runs with a result, "
            "and the share of solved ones with its 95 % interval"},
       {"row_keys", named(table.row_keys)},
       {"header_height", std::to_string(height)},
       {"column_lines", std::move(column_lines)},
       {"lines", std::move(lines)}});
}

}  // namespace

std::string solve_rate_text(const TableCell& cell) {
  if (cell.n() == 0) return "none yet";
  return fmt::format("{} of {} ({:.0f} to {:.0f} %)", cell.solved(), cell.n(),
                     100 * cell.solve_rate.low, 100 * cell.solve_rate.high);
}

tables::ResultsTable part_of(const ResultsTable& table, const TableWindow& window) {
  const Part rows = part_at(window.row, table.rows.size(), TableWindow::rows_max);
  const Part columns = part_at(window.column, table.columns.size(), TableWindow::columns_max);
  if (rows.is_all() && columns.is_all()) return table;
  ResultsTable part = table;
  const auto cut = [](auto& list, const Part& kept) {
    list = {list.begin() + static_cast<std::ptrdiff_t>(kept.first),
            list.begin() + static_cast<std::ptrdiff_t>(kept.end)};
  };
  cut(part.rows, rows);
  cut(part.columns, columns);
  part.cells.clear();
  for (std::size_t row = rows.first; row < rows.end; ++row) {
    for (std::size_t column = columns.first; column < columns.end; ++column)
      part.cells.push_back(table.at(row, column));
  }
  return part;
}

Html results_table_html(const ResultsTable& table, const TableWindow& window) {
  // The whole table decides the form: a part that is one column wide still needs its heading.
  return table.columns.size() == 1 ? as_lines(part_of(table, window))
                                   : as_matrix(part_of(table, window));
}

std::string optimism_note(const ResultsTable& table) {
  if (table.selection.maximise.empty()) return "";
  std::uint64_t n_max = 0;
  for (const auto& cell : table.cells)
    n_max = std::max(n_max, cell.n());
  if (n_max == 0) return "";
  const bool lowest = table.selection.metric == spec::Metric::perplexity;
  return fmt::format(
      "Read the number with care: it is the {} of up to {} results, chosen by the same test data "
      "that it reports, so it flatters. Mean and spread, what the best of 5 runs would be on "
      "average, "
      "and the share of solved runs with its 95 % interval stand beside it.",
      lowest ? "lowest" : "highest", n_max);
}

Html selection_note_html(const ResultsTable& table) {
  std::uint64_t low = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t high = 0;
  for (const auto& cell : table.cells) {
    if (cell.status == CellStatus::absent) continue;
    low = std::min(low, cell.n());
    high = std::max(high, cell.n());
  }
  std::string n_text = "There is no result yet.";
  if (high > 0 && low == high) n_text = fmt::format("Every cell has n = {} results.", high);
  if (high > 0 && low != high) n_text = fmt::format("Cells have n = {} to {} results.", low, high);
  const std::string note = optimism_note(table);
  return Html{fmt::format(
      "<div id=\"selection\">\n<p><strong>Selection.</strong> {}</p>\n"
      "<p>{} A result is a finished or a diverged run; a run that failed has none. Solved: ended "
      "early because its test accuracy passed the threshold.</p>\n{}</div>",
      escaped(table.protocol).text, n_text,
      note.empty() ? "" : "<p>" + escaped(note).text + "</p>\n")};
}

}  // namespace scanyard::web
