#include "common/net/allow_list.hpp"

#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "common/net/errc.hpp"
#include "common/net/keys.hpp"
#include "common/net/secret_file.hpp"
#include "common/yaml/errc.hpp"
#include "tests/support/temporary_folder.hpp"

namespace scanyard::net {
namespace {

using scanyard::testing::TemporaryFolder;

AllowedKey key_named(const std::string& name, Role role = Role::worker) {
  return {name, role, generate_key_pair().public_key, "2026-03-01T12:00:00Z"};
}

void write(const std::filesystem::path& path, const std::string& text) {
  REQUIRE(write_whole_file(path, text, secret_mode, Existing::replace));
}

TEST_CASE("keys that are added are found, keys that are removed are not") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "allowed.yaml";
  const AllowedKey worker = key_named("node1"), client = key_named("alice", Role::client);
  REQUIRE(add_allowed_key(file, worker));
  REQUIRE(add_allowed_key(file, client));
  auto list = AllowList::load(file);
  REQUIRE(list);
  REQUIRE(list->find(client.public_key) != nullptr);
  CHECK(list->find(client.public_key)->name == "alice");
  CHECK(list->find(client.public_key)->role == Role::client);
  CHECK(list->find(client.public_key)->added == client.added);
  CHECK(list->find(generate_key_pair().public_key) == nullptr);

  const auto removed = remove_allowed_key(file, "node1");
  REQUIRE(removed);
  CHECK(removed->public_key == worker.public_key);
  CHECK(list->refresh().value());
  CHECK(list->find(worker.public_key) == nullptr);
  CHECK(list->find(client.public_key) != nullptr);
  CHECK_FALSE(list->refresh().value());
  REQUIRE(remove_allowed_key(file, "alice"));
  CHECK(AllowList::load(file)->keys().empty());
}

TEST_CASE("a name or a key is listed only once") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "allowed.yaml";
  const AllowedKey first = key_named("node1");
  REQUIRE(add_allowed_key(file, first));
  CHECK(add_allowed_key(file, key_named("node1")).error().code() == errc::already_listed);
  AllowedKey same = first;
  same.name = "node2";
  const auto error = add_allowed_key(file, same).error();
  CHECK(error.code() == errc::already_listed);
  CHECK(error.message().find("as 'node1'") != std::string::npos);
  CHECK(AllowList::load(file)->keys().size() == 1);
}

TEST_CASE("removing a name that is not there names the nearest one") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "allowed.yaml";
  REQUIRE(add_allowed_key(file, key_named("node1")));
  const auto error = remove_allowed_key(file, "nod1").error();
  CHECK(error.code() == errc::not_listed);
  CHECK(error.message().find("'node1'") != std::string::npos);
}

TEST_CASE("names that would break a file, a log or a page are refused") {
  for (const char* bad : {"", "a b", "a\nb", "<b>", "ä", "\"", "../x"}) {
    CHECK_FALSE(check_key_name(bad));
  }
  CHECK(check_key_name("node-1.rack_2"));
  CHECK_FALSE(check_key_name(std::string(65, 'x')));
}

TEST_CASE("a broken list is refused with file and line") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "allowed.yaml";
  const std::string good_key = generate_key_pair().public_key;
  const auto code_of = [&](const std::string& text) {
    write(file, text);
    const auto list = AllowList::load(file);
    REQUIRE(!list);
    CHECK(list.error().to_string().find(file.string() + ":") != std::string::npos);
    return list.error().code();
  };
  const std::string entry =
      "allowed:\n  - {name: a, role: worker, public_key: \"" + good_key + "\"}\n";
  CHECK(code_of("allowed:\n  - {name: a, role: worker, public_key: \"short\"}\n") == errc::bad_key);
  CHECK(code_of("allowed:\n  - {name: a b, role: worker, public_key: \"" + good_key + "\"}\n") ==
        errc::bad_name);
  CHECK(code_of(entry + entry.substr(9)) == errc::already_listed);
  CHECK(code_of("allowed:\n  - {name: a, role: boss, public_key: \"" + good_key + "\"}\n") ==
        yaml::errc::out_of_range);
  CHECK(code_of("allowed:\n  - {name: a, public_key: \"" + good_key + "\"}\n") ==
        yaml::errc::missing_key);
  CHECK(code_of("alowed: []\n") == yaml::errc::unknown_key);
  write(file, entry);
  CHECK(AllowList::load(file));
  CHECK(AllowList::load(folder.path() / "none.yaml").error().code() == errc::missing_file);
}

TEST_CASE("many commands at once lose no key") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "allowed.yaml";
  std::vector<std::thread> commands;
  for (int i = 0; i < 8; ++i) {
    commands.emplace_back([&, i] {
      for (int j = 0; j < 5; ++j) {
        const auto done = add_allowed_key(file, key_named("n" + std::to_string(10 * i + j)));
        if (!done) throw std::runtime_error(done.error().to_string());
      }
    });
  }
  for (auto& command : commands)
    command.join();
  CHECK(AllowList::load(file)->keys().size() == 40);
}

TEST_CASE("a list without a file never changes") {
  auto list = AllowList::of({key_named("a")});
  CHECK_FALSE(list.refresh().value());
  CHECK(list.keys().size() == 1);
}

}  // namespace
}  // namespace scanyard::net
