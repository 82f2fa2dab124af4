//! The demo as a process: its coordinator and its worker are killed, and it finishes all the same.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/end_to_end/yard.hpp"

namespace scanyard::end_to_end {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string command_of(pid_t pid) {
  std::string text = read_file(fs::path("/proc") / std::to_string(pid) / "cmdline");
  std::replace(text.begin(), text.end(), '\0', ' ');
  return text;
}

/// A child of the demo's by a word of its command line; waits for it.
pid_t child_named(const service::ChildProcess& demo, const std::string& word) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < until) {
    for (const pid_t pid : children_of(demo.pid())) {
      if (command_of(pid).find(word) != std::string::npos) return pid;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  FAIL("the demo has no child with " << word);
  return -1;
}

service::ChildProcess start_demo(const testing::TemporaryFolder& folder, const std::string& spec,
                                 std::vector<std::string> more) {
  const fs::path programs = SCANYARD_BIN_DIR;
  std::ofstream(folder.path() / "demo.yaml") << spec;
  service::SpawnOptions options;
  options.program = programs / "scanyard";
  options.arguments = {"demo",
                       "--folder",
                       (folder.path() / "demo").string(),
                       "--spec",
                       (folder.path() / "demo.yaml").string(),
                       "--train-program",
                       (programs / "fake_trainer").string(),
                       "--slots",
                       "2",
                       "--max-replicas",
                       "2"};
  options.arguments.insert(options.arguments.end(), more.begin(), more.end());
  options.output = folder.path() / "out";
  options.environment = {{"FAKE_TRAINER_STEP_MS", "100"}};
  auto demo = service::ChildProcess::spawn(options);
  REQUIRE(demo);
  return std::move(*demo);
}

TEST_CASE("the demo survives kill -9 of its coordinator and its worker", "[ci]") {
  const testing::TemporaryFolder folder;
  auto demo = start_demo(folder, small_spec("demo", 4), {"--once"});
  const pid_t coordinator = child_named(demo, "serve");
  const pid_t worker = child_named(demo, "scanyard-worker");
  const auto until = std::chrono::steady_clock::now() + patience;
  while (read_file(folder.path() / "out").find("Submitted") == std::string::npos) {
    REQUIRE(std::chrono::steady_clock::now() < until);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  ::kill(coordinator, SIGKILL);
  std::this_thread::sleep_for(std::chrono::seconds(1));
  ::kill(worker, SIGKILL);
  const auto status = demo.wait(3 * patience);
  const std::string out = read_file(folder.path() / "out");
  INFO(out);
  REQUIRE(status);
  CHECK(status->code == 0);
  CHECK(out.find("The coordinator ended (killed by signal 9)") != std::string::npos);
  CHECK(out.find("The worker ended (killed by signal 9)") != std::string::npos);
  CHECK(out.find("24/24 done") != std::string::npos);
  CHECK(out.find("Value: ") != std::string::npos);  // the table's legend
  CHECK(out.find("Page: http://127.0.0.1:") != std::string::npos);
}

TEST_CASE("a demo of a bad spec says so at once and starts nothing", "[ci]") {
  const testing::TemporaryFolder folder;
  auto demo = start_demo(folder, "name: bad\nfixd: {m: 1}\n", {});
  const auto status = demo.wait(patience);
  REQUIRE(status);
  CHECK(status->code == 3);
  const std::string out = read_file(folder.path() / "out");
  CHECK(out.starts_with("scanyard: "));
  CHECK(out.find("demo.yaml:2: unknown key 'fixd'; did you mean 'fixed'?") != std::string::npos);
  CHECK(std::count(out.begin(), out.end(), '\n') == 1);
  CHECK_FALSE(fs::exists(folder.path() / "demo"));
}

TEST_CASE("the demo goes on serving until it is ended, and takes its programs along", "[ci]") {
  const testing::TemporaryFolder folder;
  auto demo = start_demo(folder, small_spec("demo", 1), {});
  const pid_t coordinator = child_named(demo, "serve");
  const auto until = std::chrono::steady_clock::now() + 2 * patience;
  while (read_file(folder.path() / "out").find("still serving") == std::string::npos) {
    INFO(read_file(folder.path() / "out"));
    REQUIRE(std::chrono::steady_clock::now() < until);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  CHECK(demo.stop(patience).code == 130);
  CHECK(::kill(coordinator, 0) != 0);
  // Its folder is kept, and a second start finds everything done.
  auto again = start_demo(folder, small_spec("demo", 1), {"--once"});
  const auto status = again.wait(2 * patience);
  REQUIRE(status);
  CHECK(status->code == 0);
  CHECK(read_file(folder.path() / "out").find("6 of them done already") != std::string::npos);
}

}  // namespace
}  // namespace scanyard::end_to_end
