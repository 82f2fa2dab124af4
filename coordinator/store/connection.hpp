//! Opening a database file: checks in the right order, one clear error each, the same settings for
//! all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "common/error.hpp"
#include "coordinator/store/sql.hpp"

namespace scanyard::store {

struct WriteConnectionOptions {
  std::filesystem::path path;
  bool create = true;
  bool allow_network_file_system = false;
  bool check_integrity = true;
  std::int64_t pages_max = 0;
};

/// Local file system, a SQLite file or none yet: what can be told before the file is touched.
Result<void> check_usable(const WriteConnectionOptions& options);

/// A connection that writes: WAL, synchronous=FULL, foreign keys, migrated to the newest
/// version. Call check_usable() first.
Result<std::unique_ptr<Database>> open_for_writing(const WriteConnectionOptions& options);

/// A connection that cannot write. The database must have this program's version.
Result<std::unique_ptr<Database>> open_for_reading(const std::filesystem::path& path,
                                                   bool allow_network_file_system);

}  // namespace scanyard::store
