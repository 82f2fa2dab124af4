#include "coordinator/service/child_process.hpp"

#include <catch2/catch_test_macros.hpp>
#include <csignal>

#include "coordinator/service/errc.hpp"
#include "coordinator/service/files.hpp"
#include "tests/support/temporary_folder.hpp"

namespace scanyard::service {
namespace {

constexpr std::chrono::seconds deadline{30};

SpawnOptions shell(const std::string& script) {
  SpawnOptions options;
  options.program = "/bin/sh";
  options.arguments = {"-c", script};
  return options;
}

TEST_CASE("a program's exit code, output and environment are its own") {
  const testing::TemporaryFolder folder;
  auto options = shell("echo out $COLOUR; echo err >&2; exit 3");
  options.output = folder.path() / "log";
  options.environment = {{"COLOUR", "blue"}};
  auto child = ChildProcess::spawn(options);
  REQUIRE(child);
  const auto status = child->wait(deadline);
  REQUIRE(status);
  CHECK(status->code == 3);
  CHECK(status->to_string() == "exit code 3");
  CHECK(*read_text_file(folder.path() / "log", 100) == "out blue\nerr\n");
}

TEST_CASE("a killed program says by what") {
  auto child = ChildProcess::spawn(shell("sleep 100"));
  REQUIRE(child);
  CHECK_FALSE(child->poll());
  child->signal(SIGKILL);
  const auto status = child->wait(deadline);
  REQUIRE(status);
  CHECK(status->signal == SIGKILL);
}

TEST_CASE("a program that ignores SIGTERM is killed in the end") {
  const testing::TemporaryFolder folder;
  auto options = shell("trap '' TERM; echo ready; while :; do sleep 0.1; done");
  options.output = folder.path() / "log";
  auto child = ChildProcess::spawn(options);
  REQUIRE(child);
  while (!read_text_file(folder.path() / "log", 100) ||
         read_text_file(folder.path() / "log", 100)->empty())
    CHECK_FALSE(child->wait(std::chrono::milliseconds(20)));
  CHECK(child->stop(std::chrono::milliseconds(100)).signal == SIGKILL);
}

TEST_CASE("a program that is not there is an error that names it") {
  SpawnOptions options;
  options.program = "/no/such/program";
  const auto child = ChildProcess::spawn(options);
  REQUIRE_FALSE(child);
  CHECK(child.error().code() == errc::missing_program);
  CHECK(child.error().message().find("/no/such/program") != std::string::npos);
}

}  // namespace
}  // namespace scanyard::service
