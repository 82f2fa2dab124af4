//! Read-only connections, kept in a pool: one per concurrent call.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "coordinator/store/cell_reader.hpp"
#include "coordinator/store/curve_table.hpp"
#include "coordinator/store/sql.hpp"

namespace scanyard::store {

/// One connection with its prepared statements. One thread at a time.
class ReadConnection {
 public:
  explicit ReadConnection(std::unique_ptr<Database> database);

  Database& database() { return *database_; }
  /// Prepared at the first use, reset before every other. `sql` is a literal: the text itself is
  /// the key, and is not copied.
  Prepared& statement(std::string_view sql);
  CellReader& cells() { return cells_; }
  CurveReader& curves() { return curves_; }

 private:
  std::unique_ptr<Database> database_;
  std::unordered_map<std::string_view, std::unique_ptr<Prepared>> statements_;
  CellReader cells_;
  CurveReader curves_;
};

/// Any thread.
class ReadPool {
 public:
  ReadPool(std::filesystem::path path, bool allow_network_file_system);

  /// An idle connection, or a new one. Give it back with put(), unless it failed.
  Result<std::unique_ptr<ReadConnection>> take();
  void put(std::unique_ptr<ReadConnection> connection);
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  bool allow_network_file_system_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<ReadConnection>> idle_;
};

}  // namespace scanyard::store
