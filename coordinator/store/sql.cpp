#include "coordinator/store/sql.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cmath>
#include <cstring>

#include "common/assert.hpp"
#include "coordinator/store/errc.hpp"

namespace scanyard::store {
namespace {

/// Out of space shows as SQLITE_FULL, or as an I/O error when a WAL or its index cannot grow.
bool is_disk_full(const SqlFailure& failure) {
  const int primary = failure.code & 0xff;
  return primary == SQLITE_FULL || (primary == SQLITE_IOERR && (failure.system_errno == ENOSPC ||
                                                                failure.system_errno == EDQUOT));
}

}  // namespace

Error to_error(const SqlFailure& failure) {
  if (is_disk_full(failure)) {
    return Error(errc::disk_full,
                 "the disk is full: nothing was written; free some space, or move the database");
  }
  const std::string detail = fmt::format("{} (SQLite code {})", failure.message, failure.code);
  switch (failure.code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Error(errc::damaged, "the database file is damaged: " + detail);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error(errc::busy, "another program holds the database: " + detail);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Error(errc::permission, "no permission to write the database: " + detail);
    case SQLITE_CANTOPEN:
      if (failure.system_errno == EACCES || failure.system_errno == EPERM) {
        return Error(errc::permission, "no permission to open the database: " + detail);
      }
      return Error(errc::io, "the database cannot be opened: " + detail);
    case SQLITE_IOERR:
      return Error(errc::io, fmt::format("the disk reports an error: {}: {}",
                                         std::strerror(failure.system_errno), detail));
    default:
      return Error(errc::internal, "unexpected database error: " + detail);
  }
}

Error to_error(const std::exception& exception) {
  return Error(errc::internal, std::string("unexpected: ") + exception.what());
}

Database::Database(const std::filesystem::path& path, int flags) {
  sqlite3* raw = nullptr;
  // One thread at a time by contract, so SQLite's own mutexes are left out.
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(raw);
  if (code != SQLITE_OK) fail(code);
  sqlite3_extended_result_codes(raw, 1);
}

void Database::fail(int code) const {
  const int system_errno = sqlite3_system_errno(handle());
  throw SqlFailure{code, system_errno, sqlite3_errmsg(handle())};
}

void Database::execute(const char* sql) {
  const int code = sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

Prepared::Prepared(Database& database, std::string_view sql) : database_(&database) {
  sqlite3_stmt* raw = nullptr;
  check(sqlite3_prepare_v3(database.handle(), sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &raw, nullptr));
  statement_.reset(raw);
}

bool Prepared::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const SqlFailure failure{code, sqlite3_system_errno(database_->handle()),
                           sqlite3_errmsg(database_->handle())};
  reset();
  throw failure;
}

void Prepared::run() {
  while (step()) {
  }
  reset();
}

std::string_view Prepared::text(int column) const {
  const auto* bytes = sqlite3_column_text(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? std::string_view{}
                          : std::string_view(reinterpret_cast<const char*>(bytes),
                                             static_cast<std::size_t>(size));
}

RunId Prepared::run_id(int column) const {
  RunId id;
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  SCANYARD_ASSERT(size == id.bytes.size(), "the schema checks that run ids have 16 bytes");
  std::memcpy(id.bytes.data(), bytes, size);
  return id;
}

void Prepared::bind_one(int index, std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), index, value));
}
void Prepared::bind_one(int index, double value) {
  if (std::isnan(value)) return bind_one(index, std::nullopt);
  check(sqlite3_bind_double(statement_.get(), index, value));
}
void Prepared::bind_one(int index, std::string_view value) {
  // A null pointer would bind NULL; an empty text has none.
  const char* bytes = value.data() == nullptr ? "" : value.data();
  check(sqlite3_bind_text64(statement_.get(), index, bytes, value.size(), SQLITE_STATIC,
                            SQLITE_UTF8));
}
void Prepared::bind_one(int index, const RunId& value) {
  check(sqlite3_bind_blob(statement_.get(), index, value.bytes.data(),
                          static_cast<int>(value.bytes.size()), SQLITE_STATIC));
}
void Prepared::bind_one(int index, std::nullopt_t) {
  check(sqlite3_bind_null(statement_.get(), index));
}
void Prepared::check(int code) const {
  if (code != SQLITE_OK) database_->fail(code);
}

Transaction::Transaction(Database& database, Kind kind) : database_(database) {
  database_.execute(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  // SQLite rolls back by itself after some failures, such as a full disk.
  if (open_ && sqlite3_get_autocommit(database_.handle()) == 0) {
    sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

std::int64_t query_integer(Database& database, std::string_view sql) {
  Prepared statement(database, sql);
  return statement.step() ? statement.integer(0) : 0;
}

std::string query_text(Database& database, std::string_view sql) {
  Prepared statement(database, sql);
  return statement.step() ? std::string(statement.text(0)) : std::string();
}

}  // namespace scanyard::store
