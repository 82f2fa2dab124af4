#include "coordinator/store/migrations.hpp"

#include <fmt/format.h>

#include "common/hash.hpp"
#include "coordinator/store/errc.hpp"

namespace scanyard::store {

std::int64_t schema_version(Database& database) {
  return query_integer(database, "PRAGMA user_version");
}

Result<void> check_version(Database& database, std::span<const Migration> known) {
  const std::int64_t tables = query_integer(database, "SELECT count(*) FROM sqlite_schema");
  const std::int64_t id = query_integer(database, "PRAGMA application_id");
  if (id != application_id) {
    if (tables == 0 && id == 0) return {};
    return fail(errc::not_scanyard, "this is a SQLite database of another program, not Scanyard's");
  }
  const std::int64_t version = schema_version(database);
  const auto newest = static_cast<std::int64_t>(known.size());
  if (version > newest) {
    return fail(errc::newer_version,
                fmt::format("the database has version {}, this program knows versions up to {}: "
                            "use the newer program that wrote it",
                            version, newest));
  }
  Prepared applied(database, "SELECT number, name, checksum FROM migration ORDER BY number");
  while (applied.step()) {
    const std::int64_t number = applied.integer(0);
    if (number < 1 || number > newest) continue;
    const Migration& ours = known[static_cast<std::size_t>(number - 1)];
    if (applied.text(2) == checksum_hex(ours.sql)) continue;
    return fail(errc::migration_changed,
                fmt::format("migration {} was applied to this database with other contents than "
                            "this program's {}: the program was built from an edited migration",
                            applied.text(1), ours.name));
  }
  return {};
}

void migrate(Database& database, std::span<const Migration> known) {
  for (const auto& migration : known) {
    if (migration.number <= schema_version(database)) continue;
    Transaction transaction(database, Transaction::Kind::write);
    if (migration.number == 1) {
      database.execute(fmt::format("PRAGMA application_id = {}", application_id));
      database.execute(
          "CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, "
          "checksum TEXT NOT NULL) STRICT");
    }
    database.execute(std::string(migration.sql));
    Prepared(database, "INSERT INTO migration VALUES (?, ?, ?)")
        .bind(migration.number, migration.name, checksum_hex(migration.sql))
        .run();
    database.execute(fmt::format("PRAGMA user_version = {}", migration.number));
    transaction.commit();
  }
}

}  // namespace scanyard::store
