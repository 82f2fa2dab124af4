//! The paper's numbers in the database.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>

#include "common/spec/vocabulary.hpp"
#include "coordinator/store/published.hpp"
#include "coordinator/store/sql.hpp"

namespace scanyard::store {

/// True when the table holds exactly these rows in this order.
bool has_published(Database& database, std::span<const PublishedRow> rows);
/// Inside a transaction.
void replace_published(Database& database, std::span<const PublishedRow> rows);

/// The number of a key: that of the largest table that prints it. Finds in memory, because a table
/// asks once a cell.
class PublishedNumbers {
 public:
  void load(Database& database);
  std::optional<double> find(const spec::PublishedKey& key) const;

 private:
  /// model, m (-1 = none), task, config
  using Key = std::tuple<std::string, int, std::string, std::string>;
  std::map<Key, double> numbers_;
};

}  // namespace scanyard::store
