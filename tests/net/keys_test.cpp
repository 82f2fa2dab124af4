#include "common/net/keys.hpp"

#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>

#include "common/net/errc.hpp"
#include "common/net/secret_file.hpp"
#include "common/yaml/errc.hpp"
#include "tests/support/temporary_folder.hpp"

namespace scanyard::net {
namespace {

using scanyard::testing::TemporaryFolder;

constexpr const char* mend = "run `scanyard init DIR`";

void write(const std::filesystem::path& path, const std::string& text,
           unsigned mode = secret_mode) {
  REQUIRE(write_whole_file(path, text, mode, Existing::replace));
}

bool contains(const Error& error, const std::string& part) {
  return error.to_string().find(part) != std::string::npos;
}

TEST_CASE("a key pair survives its file, which only its owner may read") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "keys" / "server.key";
  const KeyPair pair = generate_key_pair();
  REQUIRE(write_key_pair(file, pair));
  struct stat info {};
  REQUIRE(::stat(file.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  const auto back = read_key_pair(file, mend);
  REQUIRE(back);
  CHECK(back->public_key == pair.public_key);
  CHECK(back->secret_key == pair.secret_key);
}

TEST_CASE("a key pair file is never overwritten") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "server.key";
  const KeyPair pair = generate_key_pair();
  REQUIRE(write_key_pair(file, pair));
  CHECK(write_key_pair(file, generate_key_pair()).error().code() == errc::file_exists);
  CHECK(read_key_pair(file, mend)->secret_key == pair.secret_key);
}

TEST_CASE("a missing key file is named with the command that makes it") {
  const auto error = read_key_pair("/nowhere/server.key", mend).error();
  CHECK(error.code() == errc::missing_file);
  CHECK(contains(error, "/nowhere/server.key does not exist: run `scanyard init DIR`"));
}

TEST_CASE("a key file that others may read is refused with the chmod that mends it") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "server.key";
  REQUIRE(write_key_pair(file, generate_key_pair()));
  for (const unsigned mode : {0644U, 0640U, 0604U, 0620U}) {
    REQUIRE(::chmod(file.c_str(), mode) == 0);
    const auto error = read_key_pair(file, mend).error();
    CHECK(error.code() == errc::exposed_file);
    CHECK(contains(error, "chmod 600 " + file.string()));
  }
  REQUIRE(::chmod(file.c_str(), 0400) == 0);
  CHECK(read_key_pair(file, mend));
}

TEST_CASE("a wrong key file is refused without showing the secret") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "server.key";
  const KeyPair pair = generate_key_pair(), other = generate_key_pair();
  write(file,
        "public_key: \"" + other.public_key + "\"\nsecret_key: \"" + pair.secret_key + "\"\n");
  auto error = read_key_pair(file, mend).error();
  CHECK(error.code() == errc::bad_key);
  CHECK_FALSE(contains(error, pair.secret_key));
  write(file, "public_key: \"" + pair.public_key + "\"\nsecret_key: \"short secret\"\n");
  error = read_key_pair(file, mend).error();
  CHECK(error.code() == errc::bad_key);
  CHECK_FALSE(contains(error, "short secret"));
  write(file, "public_key: \"" + pair.public_key + "\"\n");
  CHECK(read_key_pair(file, mend).error().code() == yaml::errc::missing_key);
  write(file, "");
  CHECK(read_key_pair(file, mend).error().code() == yaml::errc::missing_key);
  write(file, std::string(2 << 20, '#'));
  CHECK(read_key_pair(file, mend).error().code() == errc::file_failed);
  CHECK(read_key_pair(folder.path(), mend).error().code() == errc::file_failed);
}

TEST_CASE("a public key survives its file, which everybody may read") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "server.pub";
  const KeyPair pair = generate_key_pair();
  REQUIRE(write_public_key(file, pair.public_key));
  CHECK(read_public_key(file, mend).value() == pair.public_key);
  write(file, "public_key: abc\n", open_mode);
  const auto error = read_public_key(file, mend).error();
  CHECK(error.code() == errc::bad_key);
  CHECK(contains(error, "'abc'"));
}

TEST_CASE("key text is told from other text") {
  const KeyPair pair = generate_key_pair();
  CHECK(is_key_text(pair.public_key));
  CHECK_FALSE(is_key_text(""));
  CHECK_FALSE(is_key_text(pair.public_key.substr(1)));
  CHECK_FALSE(is_key_text(std::string(40, '~')));
  CHECK_FALSE(is_key_text(std::string(40, '#')));  // overflows 32 bits a group
  CHECK_FALSE(is_key_text(std::string(40, '\0')));
}

TEST_CASE("the public key follows from the secret one") {
  const KeyPair pair = generate_key_pair();
  CHECK(public_key_of(pair.secret_key).value() == pair.public_key);
  CHECK(public_key_of("nonsense").error().code() == errc::bad_key);
}

}  // namespace
}  // namespace scanyard::net
