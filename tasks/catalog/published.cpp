#include "tasks/catalog/published.hpp"

#include <fmt/format.h>

#include <charconv>

#include "common/assert.hpp"
#include "tasks/catalog/errc.hpp"
#include "tasks/catalog/paper_tables_csv.hpp"

namespace scanyard::catalog {
namespace {

constexpr std::string_view header = "table,model,m,task,config,value";

template <class Number>
std::optional<Number> number_from(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The six fields of a line. The last one takes the rest, so that formulas may hold commas.
std::optional<std::vector<std::string_view>> split(std::string_view line) {
  std::vector<std::string_view> fields;
  while (fields.size() < 5) {
    const auto comma = line.find(',');
    if (comma == line.npos) return std::nullopt;
    fields.push_back(line.substr(0, comma));
    line.remove_prefix(comma + 1);
  }
  fields.push_back(line);
  return fields;
}

std::optional<PublishedRow> parse_line(std::string_view line) {
  const auto fields = split(line);
  if (!fields) return std::nullopt;
  const auto& f = *fields;
  const auto table = number_from<int>(f[0]);
  const auto m = number_from<int>(f[2]);
  if (!table || (!f[2].empty() && !m)) return std::nullopt;
  PublishedRow row;
  row.table = *table;
  row.key = {std::string(f[1]), m, std::string(f[3]), std::string(f[4])};
  row.text = f[5];
  row.value = number_from<double>(f[5]);
  return row;
}

std::vector<PublishedRow> embedded_rows() {
  auto rows = parse_published(paper_tables_csv);
  SCANYARD_ASSERT(rows.has_value(), "the embedded paper_tables.csv parses");
  return std::move(*rows);
}

}  // namespace

Result<std::vector<PublishedRow>> parse_published(std::string_view csv) {
  std::vector<PublishedRow> rows;
  for (int line_number = 1; !csv.empty(); ++line_number) {
    const auto end = std::min(csv.find('\n'), csv.size());
    std::string_view line = csv.substr(0, end);
    csv.remove_prefix(std::min(end + 1, csv.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line_number == 1) {
      if (line == header) continue;
      return fail(errc::bad_config, fmt::format("line 1 must be '{}'", header));
    }
    if (line.empty()) continue;
    auto row = parse_line(line);
    if (!row) {
      return fail(errc::bad_config,
                  fmt::format("line {}: expected {}, got '{}'", line_number, header, line));
    }
    rows.push_back(std::move(*row));
  }
  return rows;
}

std::span<const PublishedRow> published_rows() {
  static const std::vector<PublishedRow> rows = embedded_rows();
  return rows;
}

const PublishedRow* find_published(const spec::PublishedKey& key) {
  const PublishedRow* found = nullptr;
  for (const PublishedRow& row : published_rows()) {
    if (row.key == key && (!found || row.table > found->table)) found = &row;
  }
  return found;
}

}  // namespace scanyard::catalog
