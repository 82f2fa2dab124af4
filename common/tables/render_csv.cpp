#include <array>

#include "common/tables/headings.hpp"
#include "common/tables/render.hpp"
#include "common/tables/rounding.hpp"
#include "common/text.hpp"

namespace scanyard::tables {
namespace {

/// RFC 4180: quoted where it must be. A text that a spreadsheet would run as a formula is quoted
/// too, with a leading apostrophe.
std::string field(const std::string& text) {
  const bool formula = !text.empty() && std::string_view("=@").find(text.front()) != text.npos;
  if (!formula && text.find_first_of(",\"\r\n") == text.npos) return text;
  std::string quoted = formula ? "\"'" : "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string number(const std::optional<double>& value) {
  return value ? canonical_number(*value) : "";
}

void add_line(std::string& csv, const std::vector<std::string>& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) csv += ',';
    csv += field(fields[i]);
  }
  csv += "\r\n";
}

constexpr std::array<const char*, 21> value_columns = {"value",
                                                       "published",
                                                       "difference",
                                                       "status",
                                                       "n",
                                                       "open",
                                                       "failed",
                                                       "diverged",
                                                       "cancelled",
                                                       "solved",
                                                       "solve_rate_low",
                                                       "solve_rate_high",
                                                       "exact_value",
                                                       "mean",
                                                       "standard_deviation",
                                                       "minimum",
                                                       "median",
                                                       "maximum",
                                                       "expected_best_of_5",
                                                       "best",
                                                       "best_run"};

std::vector<std::string> value_fields(const TableCell& cell) {
  const auto& s = cell.summary;
  return {cell.value ? cell.value_text : "",
          cell.published_text,
          cell.difference_text,
          std::string(to_text(cell.status)),
          std::to_string(cell.n()),
          std::to_string(cell.open()),
          std::to_string(cell.failed()),
          std::to_string(cell.diverged()),
          std::to_string(s.counts.cancelled),
          std::to_string(cell.solved()),
          fixed_text(cell.solve_rate.low, 4),
          fixed_text(cell.solve_rate.high, 4),
          number(s.value),
          number(s.mean),
          number(s.standard_deviation),
          number(s.minimum),
          number(s.median),
          number(s.maximum),
          number(s.expected_best_of_5),
          s.best_axes_json,
          s.best_run ? s.best_run->hex() : ""};
}

}  // namespace

std::string render_csv(const ResultsTable& table) {
  std::string csv;
  std::vector<std::string> fields = table.row_keys;
  fields.insert(fields.end(), table.column_keys.begin(), table.column_keys.end());
  fields.insert(fields.end(), value_columns.begin(), value_columns.end());
  add_line(csv, fields);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
      const TableCell& cell = table.at(row, column);
      if (cell.status == CellStatus::absent) continue;
      fields = table.rows[row].values;
      const auto& more = table.columns[column].values;
      fields.insert(fields.end(), more.begin(), more.end());
      for (auto& text : value_fields(cell))
        fields.push_back(std::move(text));
      add_line(csv, fields);
    }
  }
  return csv;
}

}  // namespace scanyard::tables
