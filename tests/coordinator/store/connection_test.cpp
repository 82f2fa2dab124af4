#include "coordinator/store/connection.hpp"

#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "coordinator/store/errc.hpp"
#include "coordinator/store/migrations.hpp"
#include "tests/coordinator/store/support.hpp"

namespace scanyard::store {
namespace {

/// Overwrites bytes in the middle of a file.
void damage(const std::filesystem::path& path, std::streamoff at, std::size_t count) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(at);
  file << std::string(count, '\x5a');
}

TEST_CASE("a writing connection is durable, checks foreign keys and keeps the file private") {
  const TemporaryFolder folder;
  const auto path = folder / "a.db";
  const auto database = open_for_writing({.path = path});
  REQUIRE(database);
  CHECK(query_text(**database, "PRAGMA journal_mode") == "wal");
  CHECK(query_integer(**database, "PRAGMA synchronous") == 2);
  CHECK(query_integer(**database, "PRAGMA foreign_keys") == 1);
  CHECK(query_integer(**database, "PRAGMA application_id") == application_id);
  for (const char* name : {"a.db", "a.db-wal", "a.db-shm"}) {
    struct stat info {};
    CAPTURE(name);
    REQUIRE(::stat((folder / name).c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
  }
}

TEST_CASE("a missing database is an error unless it may be created") {
  const TemporaryFolder folder;
  const auto path = folder / "a.db";
  CHECK(check_usable({.path = path, .create = false}).error().code() == errc::missing_file);
  CHECK(check_usable({.path = path}).has_value());
  CHECK(open_for_reading(path, false).error().code() == errc::missing_file);
}

TEST_CASE("a damaged database is refused with one clear error") {
  const TemporaryFolder folder;
  const auto path = folder / "a.db";
  { open_writer(path)->submit(make_submission({.ms = {1, 2, 3, 4, 5, 6, 7, 8}})); }
  damage(path, 8192, 40'000);
  const auto opened = Writer::open({.path = path}, TimePoint{1});
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code() == errc::damaged);
  CHECK(opened.error().to_string().find(path.string()) != std::string::npos);
}

TEST_CASE("a database that was cut off is refused") {
  const TemporaryFolder folder;
  const auto path = folder / "a.db";
  { open_writer(path)->submit(make_submission({.ms = {1, 2, 3, 4, 5, 6, 7, 8}})); }
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  CHECK(Writer::open({.path = path}, TimePoint{1}).error().code() == errc::damaged);
}

TEST_CASE("an older database is for the writer to bring up to date, not for a reader") {
  const TemporaryFolder folder;
  const auto path = folder / "a.db";
  {
    Database database(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    migrate(database, embedded_migrations().first(1));
  }
  const auto reader = open_for_reading(path, false);
  REQUIRE_FALSE(reader);
  CHECK(reader.error().code() == errc::older_version);
  REQUIRE(open_for_writing({.path = path}));
  CHECK(open_for_reading(path, false).has_value());
}

TEST_CASE("a database of a newer version is refused by writer and reader, naming both") {
  const TemporaryFolder folder;
  const auto path = folder / "a.db";
  { open_writer(path); }
  {
    Database database(path, SQLITE_OPEN_READWRITE);
    database.execute("PRAGMA user_version = 99");
  }
  const auto writer = Writer::open({.path = path}, TimePoint{1});
  REQUIRE_FALSE(writer);
  CHECK(writer.error().code() == errc::newer_version);
  CHECK(writer.error().message().find("99") != std::string::npos);
  CHECK(open_for_reading(path, false).error().code() == errc::newer_version);
}

}  // namespace
}  // namespace scanyard::store
