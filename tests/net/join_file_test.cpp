#include "common/net/join_file.hpp"

#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>

#include "common/net/errc.hpp"
#include "common/net/secret_file.hpp"
#include "tests/support/temporary_folder.hpp"

namespace scanyard::net {
namespace {

using scanyard::testing::TemporaryFolder;

JoinFile sample() {
  return {"tcp://login1:7400", generate_key_pair().public_key, "node1", Role::worker,
          generate_key_pair()};
}

TEST_CASE("a join file survives the trip, with mode 0600") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "node1.join";
  const JoinFile join = sample();
  REQUIRE(write_join_file(file, join));
  const auto back = read_join_file(file);
  REQUIRE(back);
  CHECK(back->endpoint == join.endpoint);
  CHECK(back->server_key == join.server_key);
  CHECK(back->name == join.name);
  CHECK(back->role == join.role);
  CHECK(back->key.public_key == join.key.public_key);
  CHECK(back->key.secret_key == join.key.secret_key);
  struct stat info {};
  REQUIRE(::stat(file.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  CHECK(write_join_file(file, join).error().code() == errc::file_exists);
}

TEST_CASE(
    "a join file that others may read, that is missing or that contradicts itself is refused") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "node1.join";
  CHECK(read_join_file(file).error().code() == errc::missing_file);
  CHECK(read_join_file(file).error().message().find("scanyard key add") != std::string::npos);
  REQUIRE(write_join_file(file, sample()));
  REQUIRE(::chmod(file.c_str(), 0644) == 0);
  CHECK(read_join_file(file).error().code() == errc::exposed_file);

  REQUIRE(::chmod(file.c_str(), 0600) == 0);
  auto text = read_secret_file(file, "").value();
  const auto at = text.find("public_key: \"") + 13;
  text.replace(at, 40, generate_key_pair().public_key);
  REQUIRE(write_whole_file(file, text, secret_mode, Existing::replace));
  CHECK(read_join_file(file).error().code() == errc::bad_key);
}

TEST_CASE("a join file with a bad address is never written") {
  const TemporaryFolder folder;
  JoinFile join = sample();
  join.endpoint = "login1:7400";
  CHECK(write_join_file(folder.path() / "x.join", join).error().code() == errc::bad_endpoint);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "x.join"));
}

TEST_CASE("endpoints are checked before a socket sees them") {
  for (const char* good : {"tcp://login1:7400", "tcp://127.0.0.1:1", "tcp://[::1]:65535"}) {
    CHECK(check_endpoint(good));
  }
  for (const char* bad :
       {"", "login1:7400", "tcp://login1", "tcp://:7400", "tcp://a:0", "tcp://a:65536", "tcp://a:b",
        "tcp://a b:1", "ipc://x:1", "tcp://*:7400", "tcp://a;b:1"}) {
    INFO(bad);
    CHECK(check_endpoint(bad).error().code() == errc::bad_endpoint);
  }
  CHECK(check_endpoint("tcp://*:7400", true));
  CHECK(check_endpoint("tcp://127.0.0.1:0", true));
}

}  // namespace
}  // namespace scanyard::net
