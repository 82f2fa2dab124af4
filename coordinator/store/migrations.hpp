//! The schema's versions: what is embedded, what a database has, and the way from one to the other.
#pragma once

#include <span>
#include <string_view>

#include "common/error.hpp"
#include "coordinator/store/sql.hpp"

namespace scanyard::store {

struct Migration {
  int number = 0;         ///< from 1, without gaps
  std::string_view name;  ///< "0001_tables"
  std::string_view sql;
};

/// The files of migrations/, in order, embedded at build time.
std::span<const Migration> embedded_migrations();

/// "ScYd": marks the file as Scanyard's, for `file` and for us.
inline constexpr std::int64_t application_id = 0x53635964;

/// Refuses a database that is not Scanyard's, that is newer than `known`, or in which an applied
/// migration differs from the one in `known`. Empty files pass: they have version 0.
/// Errors: store.not_scanyard, store.newer_version, store.migration_changed.
Result<void> check_version(Database& database, std::span<const Migration> known);

/// Applies what is missing, each migration in one transaction with its checksum and the version.
/// Call check_version() first. Throws SqlFailure.
void migrate(Database& database, std::span<const Migration> known);

/// Number of the last applied migration; 0 for an empty file.
std::int64_t schema_version(Database& database);

}  // namespace scanyard::store
