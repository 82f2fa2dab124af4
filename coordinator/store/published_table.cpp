#include "coordinator/store/published_table.hpp"

#include <charconv>

namespace scanyard::store {
namespace {

std::optional<double> number_in(const std::string& text) {
  double number = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (error != std::errc{} || end != last) return std::nullopt;
  return number;
}

}  // namespace

bool has_published(Database& database, std::span<const PublishedRow> rows) {
  Prepared stored(database,
                  "SELECT paper_table, model, m, task, config, text FROM published_number "
                  "ORDER BY id");
  for (const auto& row : rows) {
    if (!stored.step()) return false;
    PublishedRow have;
    have.paper_table = static_cast<int>(stored.integer(0));
    have.model = stored.text(1);
    if (!stored.is_null(2)) have.m = static_cast<int>(stored.integer(2));
    have.task = stored.text(3);
    have.config = stored.text(4);
    have.value = stored.text(5);
    if (have != row) return false;
  }
  return !stored.step();
}

void replace_published(Database& database, std::span<const PublishedRow> rows) {
  database.execute("DELETE FROM published_number");
  Prepared insert(database,
                  "INSERT INTO published_number (paper_table, model, m, task, config, text, value) "
                  "VALUES (?, ?, ?, ?, ?, ?, ?)");
  for (const auto& row : rows) {
    insert
        .bind(row.paper_table, row.model, row.m, row.task, row.config, row.value,
              number_in(row.value))
        .run();
  }
}

void PublishedNumbers::load(Database& database) {
  numbers_.clear();
  Prepared rows(database,
                "SELECT model, coalesce(m, -1), task, config, value FROM published_number "
                "WHERE value IS NOT NULL ORDER BY paper_table");
  while (rows.step()) {
    numbers_[{std::string(rows.text(0)), static_cast<int>(rows.integer(1)),
              std::string(rows.text(2)), std::string(rows.text(3))}] = rows.real(4);
  }
}

std::optional<double> PublishedNumbers::find(const spec::PublishedKey& key) const {
  const auto at = numbers_.find({key.model, key.m.value_or(-1), key.task, key.config});
  if (at == numbers_.end()) return std::nullopt;
  return at->second;
}

}  // namespace scanyard::store
