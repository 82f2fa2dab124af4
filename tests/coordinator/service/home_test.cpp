#include "coordinator/service/home.hpp"

#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "common/net/allow_list.hpp"
#include "common/net/join_file.hpp"
#include "coordinator/service/errc.hpp"
#include "coordinator/service/files.hpp"
#include "coordinator/service/new_home.hpp"
#include "tests/support/temporary_folder.hpp"

namespace scanyard::service {
namespace {

namespace fs = std::filesystem;

unsigned mode_of(const fs::path& path) {
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 0777;
}

TEST_CASE("a new home has a database, keys, settings and two join files, all private") {
  const testing::TemporaryFolder folder;
  const auto home = make_home(folder.path() / "home", Settings{}, "2026-01-01T00:00:00Z");
  REQUIRE(home);
  CHECK(is_home(home->folder));
  CHECK(mode_of(home->folder) == 0700);
  CHECK(mode_of(home->server_key()) == 0600);
  CHECK(mode_of(home->worker_join()) == 0600);
  CHECK(mode_of(home->client_join()) == 0600);
  CHECK(mode_of(home->web_token()) == 0600);
  CHECK(mode_of(home->folder / "scanyard.db") == 0600);
  const auto list = net::AllowList::load(home->allow_list());
  REQUIRE(list);
  CHECK(list->keys().size() == 2);
  const auto join = net::read_join_file(home->worker_join());
  REQUIRE(join);
  CHECK(join->role == net::Role::worker);
  CHECK(join->endpoint == "tcp://127.0.0.1:7400");
  REQUIRE(list->find(join->key.public_key) != nullptr);
  CHECK(list->find(join->key.public_key)->name == "worker");
}

TEST_CASE("init never overwrites anything") {
  const testing::TemporaryFolder folder;
  std::ofstream(folder.path() / "thesis.tex") << "x";
  const auto home = make_home(folder.path(), Settings{}, "");
  REQUIRE_FALSE(home);
  CHECK(home.error().code() == errc::home_exists);
  CHECK(fs::exists(folder.path() / "thesis.tex"));
  CHECK_FALSE(fs::exists(folder.path() / "keys"));
}

TEST_CASE("a home that cannot be finished leaves nothing behind") {
  const testing::TemporaryFolder folder;
  Settings settings;
  settings.database = "no/such/folder/scanyard.db";
  const auto home = make_home(folder.path() / "home", settings, "");
  REQUIRE_FALSE(home);
  CHECK_FALSE(fs::exists(folder.path() / "home"));
}

TEST_CASE("another key gets a join file of its own, and a name only once") {
  const testing::TemporaryFolder folder;
  const auto home = make_home(folder.path() / "home", Settings{}, "");
  REQUIRE(home);
  const auto join = add_key(*home, Settings{}, "node1", net::Role::worker, "now");
  REQUIRE(join);
  CHECK(net::read_join_file(*join)->name == "node1");
  CHECK_FALSE(add_key(*home, Settings{}, "node1", net::Role::worker, "now"));
  CHECK_FALSE(add_key(*home, Settings{}, "bad name", net::Role::worker, "now"));
  CHECK(net::AllowList::load(home->allow_list())->keys().size() == 3);
}

TEST_CASE("a coordinator that listens everywhere needs an address that join files can name") {
  const testing::TemporaryFolder folder;
  Settings settings;
  settings.database = "scanyard.db";
  auto home = make_home(folder.path() / "home", settings, "2026-11-22T14:00:00Z");
  REQUIRE(home);
  settings.listen = "tcp://*:7400";
  const auto refused = add_key(*home, settings, "node1", net::Role::worker, "2026-11-22T14:00:00Z");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == errc::bad_setting);
  CHECK(refused.error().to_string().find("'advertise: tcp://HOST:PORT'") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(home->join("node1")));
  settings.advertise = "tcp://login1:7400";
  CHECK(add_key(*home, settings, "node1", net::Role::worker, "2026-11-22T14:00:00Z"));
}

TEST_CASE("a home that was named must be one") {
  const testing::TemporaryFolder folder;
  const auto home = find_home(folder.path().string());
  REQUIRE_FALSE(home);
  CHECK(home.error().code() == errc::no_home);
  REQUIRE(make_home(folder.path() / "h", Settings{}, ""));
  CHECK(find_home((folder.path() / "h").string()));
}

TEST_CASE("a file that cannot be read names the reason") {
  const testing::TemporaryFolder folder;
  CHECK(read_text_file(folder.path(), 10).error().message().find("is a folder") !=
        std::string::npos);
  CHECK(read_text_file(folder.path() / "x", 10).error().message().find("no such file") !=
        std::string::npos);
  std::ofstream(folder.path() / "long") << std::string(100, 'x');
  CHECK_FALSE(read_text_file(folder.path() / "long", 10));
  CHECK(read_text_file(folder.path() / "long", 100)->size() == 100);
}

}  // namespace
}  // namespace scanyard::service
