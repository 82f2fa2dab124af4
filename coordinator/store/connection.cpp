#include "coordinator/store/connection.hpp"

#include <fmt/format.h>

#include "coordinator/store/errc.hpp"
#include "coordinator/store/file_checks.hpp"
#include "coordinator/store/migrations.hpp"

namespace scanyard::store {
namespace {

constexpr int busy_timeout_ms = 5000;

/// SQLite's quick_check reads every page, but not whether indexes match their tables.
Result<void> check_pages(Database& database) {
  const std::string answer = query_text(database, "PRAGMA quick_check(1)");
  if (answer == "ok") return {};
  return fail(errc::damaged, fmt::format("the database file is damaged: {}; restore a backup, or "
                                         "save what can be read with `sqlite3 FILE .recover`",
                                         answer));
}

Result<void> prepare_for_writing(Database& database, const WriteConnectionOptions& options) {
  sqlite3_busy_timeout(database.handle(), busy_timeout_ms);
  if (auto version = check_version(database, embedded_migrations()); !version) return version;
  if (options.check_integrity) {
    if (auto intact = check_pages(database); !intact) return intact;
  }
  const std::string mode = query_text(database, "PRAGMA journal_mode = WAL");
  if (mode != "wal") {
    return fail(errc::io, "SQLite cannot use a write-ahead log here (journal mode " + mode + ")");
  }
  database.execute("PRAGMA synchronous = FULL");
  database.execute("PRAGMA foreign_keys = ON");
  // The index of run ids is met in random order, so it should stay in memory: 160 MB hold that of
  // 5,000,000 runs. Temporary tables never go to /tmp.
  database.execute("PRAGMA cache_size = -163840");
  database.execute("PRAGMA temp_store = MEMORY");
  database.execute("PRAGMA wal_autocheckpoint = 4000");
  database.execute("PRAGMA journal_size_limit = 67108864");
  if (options.pages_max > 0) {
    database.execute(fmt::format("PRAGMA max_page_count = {}", options.pages_max));
  }
  migrate(database, embedded_migrations());
  return {};
}

Result<void> prepare_for_reading(Database& database) {
  sqlite3_busy_timeout(database.handle(), busy_timeout_ms);
  if (auto version = check_version(database, embedded_migrations()); !version) return version;
  const auto newest = static_cast<std::int64_t>(embedded_migrations().size());
  if (schema_version(database) < newest) {
    return fail(errc::older_version,
                fmt::format("the database has version {}, this program needs {}: `scanyard serve` "
                            "brings it up to date",
                            schema_version(database), newest));
  }
  // A limit, not what is taken: 64 MB hold the index of 2,000,000 run ids, which a plan looks up.
  database.execute("PRAGMA cache_size = -65536");
  database.execute("PRAGMA temp_store = MEMORY");
  return {};
}

template <class Prepare>
Result<std::unique_ptr<Database>> open_checked(const std::filesystem::path& path, int flags,
                                               Prepare&& prepare) {
  return guarded("opening " + path.string(), [&]() -> Result<std::unique_ptr<Database>> {
    auto database = std::make_unique<Database>(path, flags);
    if (auto prepared = prepare(*database); !prepared) {
      return propagate(prepared, "opening " + path.string());
    }
    return database;
  });
}

}  // namespace

Result<void> check_usable(const WriteConnectionOptions& options) {
  if (!options.allow_network_file_system) {
    if (auto local = check_file_system(options.path); !local) return local;
  }
  std::error_code unreadable;
  if (options.create && !std::filesystem::exists(options.path, unreadable)) return {};
  return check_header(options.path);
}

Result<std::unique_ptr<Database>> open_for_writing(const WriteConnectionOptions& options) {
  if (options.create) {
    if (auto created = create_private_file(options.path); !created) return propagate(created);
  }
  return open_checked(options.path, SQLITE_OPEN_READWRITE,
                      [&](Database& database) { return prepare_for_writing(database, options); });
}

Result<std::unique_ptr<Database>> open_for_reading(const std::filesystem::path& path,
                                                   bool allow_network_file_system) {
  if (!allow_network_file_system) {
    if (auto local = check_file_system(path); !local) return propagate(local);
  }
  if (auto header = check_header(path); !header) return propagate(header);
  return open_checked(path, SQLITE_OPEN_READONLY, prepare_for_reading);
}

}  // namespace scanyard::store
