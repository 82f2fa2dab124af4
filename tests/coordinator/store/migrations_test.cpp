#include "coordinator/store/migrations.hpp"

#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "coordinator/store/errc.hpp"
#include "tests/coordinator/store/support.hpp"

namespace scanyard::store {
namespace {

std::vector<Migration> embedded() {
  const auto all = embedded_migrations();
  return {all.begin(), all.end()};
}

Database open(const std::filesystem::path& path) {
  return Database(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
}

TEST_CASE("the embedded migrations are the files of the folder, numbered without gaps") {
  const auto all = embedded();
  REQUIRE(all.size() >= 2);
  CHECK(all[0].name == "0001_tables");
  CHECK(all[1].name == "0002_views");
  for (std::size_t i = 0; i < all.size(); ++i)
    CHECK(all[i].number == static_cast<int>(i + 1));
}

TEST_CASE("an empty file gets every migration once") {
  const TemporaryFolder folder;
  auto database = open(folder / "a.db");
  REQUIRE(check_version(database, embedded_migrations()));
  CHECK(schema_version(database) == 0);
  migrate(database, embedded_migrations());
  CHECK(schema_version(database) == static_cast<int>(embedded().size()));
  migrate(database, embedded_migrations());
  CHECK(check_version(database, embedded_migrations()));
  CHECK(query_integer(database, "SELECT count(*) FROM migration") ==
        std::int64_t(embedded().size()));
}

TEST_CASE("a database with fewer migrations gets only the missing ones") {
  const TemporaryFolder folder;
  auto database = open(folder / "a.db");
  const auto all = embedded();
  migrate(database, std::span(all).first(1));
  CHECK(schema_version(database) == 1);
  REQUIRE(check_version(database, all));
  migrate(database, all);
  CHECK(schema_version(database) == static_cast<int>(all.size()));
}

TEST_CASE("a newer database is refused with both versions") {
  const TemporaryFolder folder;
  auto database = open(folder / "a.db");
  auto all = embedded();
  migrate(database, all);
  const auto refused = check_version(database, std::span(all).first(1));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == errc::newer_version);
  CHECK(refused.error().message().find("version 2, this program knows versions up to 1") !=
        std::string::npos);
}

TEST_CASE("an edited old migration is refused by name") {
  const TemporaryFolder folder;
  auto database = open(folder / "a.db");
  auto all = embedded();
  migrate(database, all);
  const std::string edited = std::string(all[0].sql) + "-- a word more\n";
  all[0].sql = edited;
  const auto refused = check_version(database, all);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == errc::migration_changed);
  CHECK(refused.error().message().find("0001_tables") != std::string::npos);
}

TEST_CASE("another program's database is refused") {
  const TemporaryFolder folder;
  auto database = open(folder / "a.db");
  database.execute("CREATE TABLE theirs (a)");
  const auto refused = check_version(database, embedded_migrations());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == errc::not_scanyard);
}

TEST_CASE("a migration that fails leaves nothing of itself") {
  const TemporaryFolder folder;
  auto database = open(folder / "a.db");
  auto all = embedded();
  const int bad_number = static_cast<int>(all.size() + 1);
  all.push_back({bad_number, "bad", "CREATE TABLE half (a); SELECT * FROM nowhere;"});
  CHECK_THROWS_AS(migrate(database, all), SqlFailure);
  CHECK(schema_version(database) == bad_number - 1);
  CHECK(query_integer(database, "SELECT count(*) FROM sqlite_schema WHERE name = 'half'") == 0);
}

}  // namespace
}  // namespace scanyard::store
