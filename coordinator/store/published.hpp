//! The paper's numbers as the store takes them.
#pragma once

#include <optional>
#include <string>

namespace scanyard::store {

/// One line of tasks/catalog/data/paper_tables.csv. The service passes the catalog's rows.
struct PublishedRow {
  int paper_table = 0;
  std::string model;     ///< "BD-LRU"
  std::optional<int> m;  ///< empty for baselines
  std::string task;      ///< "S5"
  std::string config;    ///< "n100000"
  std::string value;     ///< a number, or a formula (table 5); kept as published
  friend bool operator==(const PublishedRow&, const PublishedRow&) = default;
};

}  // namespace scanyard::store
