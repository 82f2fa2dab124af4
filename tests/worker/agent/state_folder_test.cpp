#include "worker/agent/state_folder.hpp"

#include <catch2/catch_test_macros.hpp>
#include <chrono>

#include "tests/support/temporary_folder.hpp"
#include "tests/worker/agent/outbox_reports.hpp"
#include "worker/agent/errc.hpp"

namespace scanyard::worker {
namespace {

using namespace testing;

StateFolder claim(const scanyard::testing::TemporaryFolder& root, const std::string& host = "node1",
                  const std::string& server_key = "key A") {
  auto folder = StateFolder::claim(root.path(), server_key, host);
  if (!folder) throw std::runtime_error(folder.error().to_string());
  return std::move(*folder);
}

void leave_reports(const std::filesystem::path& file, std::vector<AttemptReport> reports) {
  Outbox::Opened found;
  auto outbox = Outbox::open(file, found);
  if (!outbox || !outbox->append(reports)) throw std::runtime_error("cannot write an outbox");
}

/// Adopts everything and returns the numbers of the reports.
std::vector<std::int64_t> adopt(const StateFolder& folder, bool take = true) {
  std::vector<std::int64_t> numbers;
  folder.adopt_abandoned(
      [&](std::vector<AttemptReport> reports) {
        for (const auto& r : reports)
          numbers.push_back(r.token.number);
        return take;
      },
      [](const Error& error) { throw std::runtime_error(error.to_string()); });
  return numbers;
}

TEST_CASE("a worker that is started again has its old name") {
  const scanyard::testing::TemporaryFolder root;
  const std::string name = claim(root).name();
  CHECK(name.starts_with("node1-"));
  CHECK(claim(root).name() == name);
}

TEST_CASE("two workers at a time have two names and two folders") {
  const scanyard::testing::TemporaryFolder root;
  const StateFolder first = claim(root), second = claim(root);
  CHECK(first.name() != second.name());
  CHECK(first.outbox() != second.outbox());
  CHECK(first.checkpoints() == second.checkpoints());
}

TEST_CASE("workers of another host or coordinator do not take each other's names") {
  const scanyard::testing::TemporaryFolder root;
  const std::string name = claim(root).name();
  CHECK(claim(root, "node2").name().starts_with("node2-"));
  const StateFolder other = claim(root, "node1", "key B");
  CHECK(other.checkpoints() != claim(root).checkpoints());
}

TEST_CASE("odd host names become plain folder names") {
  const scanyard::testing::TemporaryFolder root;
  CHECK(claim(root, "../é b").name().starts_with(".._"));
  CHECK(claim(root, "").name().starts_with("worker-"));
}

TEST_CASE("what an ended worker left is adopted once, and what a living one has never") {
  const scanyard::testing::TemporaryFolder root;
  std::filesystem::path left;
  {
    const StateFolder first = claim(root);
    const StateFolder second = claim(root);
    leave_reports(first.outbox(), {report(1), report(2)});
    left = first.outbox();
    CHECK(adopt(second).empty());
  }
  // The first folder on disk is taken again by name; make sure that it is not the one that is left.
  const StateFolder taken = claim(root);
  const StateFolder other = claim(root);
  const StateFolder third = claim(root);
  CHECK(adopt(third).empty());
  CHECK(std::filesystem::exists(left));
}

TEST_CASE("reports beside a worker are taken, and stay when they could not be stored") {
  const scanyard::testing::TemporaryFolder root;
  std::filesystem::path left;
  const StateFolder mine = claim(root);
  {
    const StateFolder gone = claim(root);
    left = gone.outbox();
    leave_reports(left, {report(1), report(2)});
  }
  CHECK(adopt(mine, false) == std::vector<std::int64_t>{1, 2});
  CHECK(std::filesystem::exists(left));
  CHECK(adopt(mine) == std::vector<std::int64_t>{1, 2});
  CHECK_FALSE(std::filesystem::exists(left));
  CHECK(adopt(mine).empty());
}

TEST_CASE("a folder of another host is adopted only after a long silence") {
  const scanyard::testing::TemporaryFolder root;
  const StateFolder mine = claim(root);
  std::filesystem::path left;
  {
    const StateFolder gone = claim(root, "node2");
    left = gone.outbox();
    leave_reports(left, {report(1)});
    gone.touch();
  }
  CHECK(adopt(mine).empty());
  std::filesystem::last_write_time(
      left.parent_path() / "lock",
      std::filesystem::file_time_type::clock::now() - std::chrono::seconds(300));
  CHECK(adopt(mine) == std::vector<std::int64_t>{1});
}

TEST_CASE("a neighbour's file that is no outbox is complained about and left alone") {
  const scanyard::testing::TemporaryFolder root;
  const StateFolder mine = claim(root);
  std::filesystem::path left;
  {
    const StateFolder gone = claim(root);
    left = gone.outbox();
  }
  write_file(left, "this is somebody's diary");
  int complaints = 0;
  mine.adopt_abandoned([](std::vector<AttemptReport>) { return true; },
                       [&](const Error&) { ++complaints; });
  CHECK(complaints == 1);
  CHECK(read_file(left) == "this is somebody's diary");
}

TEST_CASE("a root that cannot be made is one clear error") {
  const auto folder = StateFolder::claim("/proc/nowhere", "key", "node1");
  REQUIRE(!folder);
  CHECK(folder.error().code() == errc::state_folder);
  CHECK(folder.error().message().find("/proc/nowhere") != std::string::npos);
}

}  // namespace
}  // namespace scanyard::worker
