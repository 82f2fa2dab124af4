#include "coordinator/store/sql.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cerrno>
#include <cmath>
#include <stdexcept>

#include "coordinator/store/errc.hpp"
#include "tests/coordinator/store/support.hpp"

namespace scanyard::store {
namespace {

ErrorCode code_of(int sqlite_code, int system_errno = 0) {
  return to_error(SqlFailure{sqlite_code, system_errno, "text"}).code();
}

TEST_CASE("each kind of failure has its own code") {
  CHECK(code_of(SQLITE_FULL) == errc::disk_full);
  CHECK(code_of(SQLITE_IOERR_WRITE, ENOSPC) == errc::disk_full);
  CHECK(code_of(SQLITE_IOERR_SHMSIZE, EDQUOT) == errc::disk_full);
  CHECK(code_of(SQLITE_IOERR_WRITE, EIO) == errc::io);
  CHECK(code_of(SQLITE_CORRUPT_VTAB) == errc::damaged);
  CHECK(code_of(SQLITE_NOTADB) == errc::damaged);
  CHECK(code_of(SQLITE_BUSY_SNAPSHOT) == errc::busy);
  CHECK(code_of(SQLITE_READONLY) == errc::permission);
  CHECK(code_of(SQLITE_CANTOPEN, EACCES) == errc::permission);
  CHECK(code_of(SQLITE_CANTOPEN, ENOENT) == errc::io);
  CHECK(code_of(SQLITE_CONSTRAINT_UNIQUE) == errc::internal);
}

TEST_CASE("an error says what was being done") {
  const auto failed = guarded("counting sheep", []() -> Result<void> {
    throw SqlFailure{SQLITE_BUSY, 0, "locked"};
  });
  REQUIRE_FALSE(failed);
  CHECK(failed.error().to_string().starts_with("counting sheep: another program holds"));
  const auto odd =
      guarded("parsing", []() -> Result<void> { throw std::runtime_error("no JSON"); });
  CHECK(odd.error().code() == errc::internal);
}

TEST_CASE("values come back as they were bound") {
  Database database(":memory:", SQLITE_OPEN_READWRITE);
  RunId id;
  id.bytes[15] = 9;
  Prepared row(database, "SELECT ?, ?, ?, ?, ?, ?, ?");
  const std::string text("a\0b", 3);  // SQLite does not copy it: it must outlive the reads
  REQUIRE(row.bind(std::int64_t{-5}, 0.1, text, id, std::nullopt,
                   std::optional<double>(), std::nan(""))
              .step());
  CHECK(row.integer(0) == -5);
  CHECK(row.real(1) == 0.1);
  CHECK(row.text(2) == text);
  CHECK(row.run_id(3) == id);
  for (const int column : {4, 5, 6})
    CHECK(row.is_null(column));
  CHECK_FALSE(row.real_or_none(5));
}

TEST_CASE("an empty text is a text, not NULL") {
  Database database(":memory:", SQLITE_OPEN_READWRITE);
  Prepared row(database, "SELECT ?");
  REQUIRE(row.bind(std::string_view{}).step());
  CHECK_FALSE(row.is_null(0));
}

TEST_CASE("a transaction that is not committed leaves nothing") {
  Database database(":memory:", SQLITE_OPEN_READWRITE);
  database.execute("CREATE TABLE t (a)");
  {
    Transaction transaction(database, Transaction::Kind::write);
    database.execute("INSERT INTO t VALUES (1)");
  }
  CHECK(query_integer(database, "SELECT count(*) FROM t") == 0);
  {
    Transaction transaction(database, Transaction::Kind::write);
    database.execute("INSERT INTO t VALUES (1)");
    transaction.commit();
  }
  CHECK(query_integer(database, "SELECT count(*) FROM t") == 1);
}

}  // namespace
}  // namespace scanyard::store
