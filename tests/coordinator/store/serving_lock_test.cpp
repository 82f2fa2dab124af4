#include "coordinator/store/serving_lock.hpp"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "coordinator/store/errc.hpp"
#include "tests/coordinator/store/support.hpp"

namespace scanyard::store {
namespace {

TEST_CASE("a second owner is refused and told the first one's process id") {
  const TemporaryFolder folder;
  auto first = ServingLock::take(folder / "a.db");
  REQUIRE(first);
  const auto second = ServingLock::take(folder / "a.db");
  REQUIRE_FALSE(second);
  CHECK(second.error().code() == errc::already_served);
  const std::string message = second.error().message();
  CHECK(message.find("process " + std::to_string(::getpid())) != message.npos);
  CHECK(ServingLock::take(folder / "b.db").has_value());
}

TEST_CASE("the lock is free again when its owner is gone") {
  const TemporaryFolder folder;
  { REQUIRE(ServingLock::take(folder / "a.db")); }
  auto again = ServingLock::take(folder / "a.db");
  REQUIRE(again);
  const ServingLock moved = std::move(*again);
  CHECK_FALSE(ServingLock::take(folder / "a.db"));
}

TEST_CASE("another path to the same folder is the same lock") {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "real");
  std::filesystem::create_directory_symlink(folder / "real", folder / "link");
  const auto first = ServingLock::take(folder / "real/a.db");
  REQUIRE(first);
  CHECK_FALSE(ServingLock::take(folder / "link/a.db"));
}

}  // namespace
}  // namespace scanyard::store
