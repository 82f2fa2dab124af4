#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "coordinator/store/errc.hpp"
#include "tests/coordinator/store/support.hpp"

namespace scanyard::store {
namespace {

TEST_CASE("a backup made while the database is served is a whole database") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto runs = writer->submit(make_submission())->open;
  apply(*writer, {make_result(runs[0].id, 0.5)});
  REQUIRE(backup(folder / "a.db", folder / "copy.db"));
  apply(*writer, {make_result(runs[1].id, 0.6)});

  struct stat info {};
  REQUIRE(::stat((folder / "copy.db").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  const auto copy = open_writer(folder / "copy.db");
  CHECK(query_one(folder / "copy.db", "SELECT finished FROM sweeps") == "1");
  CHECK(sums_contradiction(folder / "copy.db") == "");
  CHECK_FALSE(std::filesystem::exists(folder / "copy.db.partial"));
}

TEST_CASE("a backup never overwrites a file") {
  const TemporaryFolder folder;
  open_writer(folder / "a.db");
  std::ofstream(folder / "precious") << "text";
  const auto refused = backup(folder / "a.db", folder / "precious");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == errc::exists);
}

TEST_CASE("a backup of nothing, or to nowhere, is an error and leaves nothing") {
  const TemporaryFolder folder;
  CHECK(backup(folder / "none.db", folder / "copy.db").error().code() == errc::missing_file);
  CHECK_FALSE(std::filesystem::exists(folder / "copy.db.partial"));
  open_writer(folder / "a.db");
  CHECK(backup(folder / "a.db", folder / "no/folder/copy.db").error().code() == errc::missing_file);
}

}  // namespace
}  // namespace scanyard::store
