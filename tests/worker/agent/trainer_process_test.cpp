#include "worker/agent/trainer_process.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <optional>

#include "tests/net/loopback.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/worker/agent/outbox_reports.hpp"

namespace scanyard::worker {
namespace {

using namespace testing;
using net::testing::run_until;

/// One shell command as a trainer.
struct Shell {
  explicit Shell(const std::string& script, std::size_t line_bytes_max = 1000) {
    TrainerOptions options;
    options.child.program = "/bin/sh";
    options.child.arguments = {"-c", script};
    options.child.environment = {{"SHELL_TEST", "from outside"}};
    options.log = folder.path() / "log";
    options.line_bytes_max = line_bytes_max;
    start(options);
  }
  Shell(const std::filesystem::path& program, std::nullptr_t) {
    TrainerOptions options;
    options.child.program = program;
    options.log = folder.path() / "log";
    start(options);
  }
  void start(const TrainerOptions& options) {
    process = std::make_unique<TrainerProcess>(
        io, options,
        TrainerProcess::Callbacks{[this](std::string_view line) { lines.emplace_back(line); },
                                  [this](const std::string& what) { unusable = what; },
                                  [this](const TrainerExit& e) { exit = e; }});
    process->start();
  }
  bool ends() {
    return run_until(io, [&] { return exit.has_value(); });
  }

  scanyard::testing::TemporaryFolder folder;
  boost::asio::io_context io;
  std::unique_ptr<TrainerProcess> process;
  std::vector<std::string> lines;
  std::optional<std::string> unusable;
  std::optional<TrainerExit> exit;
};

bool is_alive(pid_t pid) {
  return ::kill(pid, 0) == 0;
}

TEST_CASE("lines go in and come out, and everything is told before the end") {
  Shell shell(
      "echo \"$SHELL_TEST\"; while read line; do echo \"got $line\"; done; echo done >&2; exit 4");
  shell.process->write_line("one");
  shell.process->write_line("two");
  REQUIRE(run_until(shell.io, [&] { return shell.lines.size() == 3; }));
  CHECK(shell.lines == std::vector<std::string>{"from outside", "got one", "got two"});
  shell.process->kill();
  REQUIRE(shell.ends());
  CHECK(shell.exit->kind == TrainerExit::Kind::signal);
  CHECK(shell.exit->code == SIGKILL);
  CHECK(shell.exit->detail == "SIGKILL");
}

TEST_CASE("an exit code comes with the last of both streams") {
  Shell shell(
      "i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done; echo why >&2; exit 4");
  REQUIRE(shell.ends());
  CHECK(shell.exit->kind == TrainerExit::Kind::code);
  CHECK(shell.exit->code == 4);
  CHECK(shell.lines.size() == 2000);
  CHECK(shell.exit->log_tail == "why\n");
  CHECK(read_file(shell.folder.path() / "log") == "why\n");
  CHECK_FALSE(shell.exit->out_of_memory);
}

TEST_CASE("a program that is missing or cannot be run ends with the reason") {
  Shell missing("/nowhere/trainer", nullptr);
  REQUIRE(missing.ends());
  CHECK(missing.exit->kind == TrainerExit::Kind::missing);
  CHECK(missing.exit->detail == "/nowhere/trainer");
  const scanyard::testing::TemporaryFolder folder;
  write_file(folder.path() / "text", "no program");
  REQUIRE(::chmod((folder.path() / "text").c_str(), 0755) == 0);
  Shell text(folder.path() / "text", nullptr);
  REQUIRE(text.ends());
  CHECK(text.exit->kind == TrainerExit::Kind::not_executable);
}

TEST_CASE("a line above the limit makes the output unusable, and nothing after it is told") {
  Shell shell("echo short; head -c 5000 /dev/zero | tr '\\0' x; echo; echo later; sleep 60", 100);
  REQUIRE(run_until(shell.io, [&] { return shell.unusable.has_value(); }));
  CHECK(shell.lines == std::vector<std::string>{"short"});
}

TEST_CASE("killing a trainer kills what it started") {
  Shell shell("sleep 1000 & echo $!; wait");
  REQUIRE(run_until(shell.io, [&] { return !shell.lines.empty(); }));
  const pid_t grandchild = std::stoi(shell.lines[0]);
  CHECK(is_alive(grandchild));
  shell.process->kill();
  REQUIRE(shell.ends());
  CHECK(run_until(shell.io, [&] { return !is_alive(grandchild); }));
}

TEST_CASE("a trainer that ends while its own child holds its pipes is still seen to end") {
  Shell shell("setsid sleep 60 & echo $!; exit 0");
  REQUIRE(shell.ends());
  REQUIRE(shell.lines.size() == 1);
  ::kill(std::stoi(shell.lines[0]), SIGKILL);
}

TEST_CASE("a trainer is in a process group of its own, so that a terminal's Ctrl-C spares it") {
  Shell shell("echo $$; sleep 60");
  REQUIRE(run_until(shell.io, [&] { return !shell.lines.empty(); }));
  const pid_t pid = std::stoi(shell.lines[0]);
  CHECK(::getpgid(pid) == pid);
  CHECK(pid == shell.process->pid());
}

TEST_CASE("a trainer inherits its three streams and nothing else") {
  boost::asio::io_context io;
  net::testing::TestServer server(io);
  net::testing::TestClient client(io, server.endpoint());
  const scanyard::testing::TemporaryFolder folder;
  Outbox::Opened found;
  const auto outbox = Outbox::open(folder.path() / "outbox", found);
  REQUIRE(run_until(io, [&] { return client.connected(); }));
  Shell shell("ls /proc/$$/fd");
  REQUIRE(shell.ends());
  CHECK(shell.lines == std::vector<std::string>{"0", "1", "2"});
}

TEST_CASE("a trainer dies with its agent, even when that is killed") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t agent = ::fork();
  if (agent == 0) {
    Child child;
    TrainerExit failure;
    const bool started = start_child({"/bin/sleep", {"1000"}, {}}, child, failure);
    const pid_t pid = started ? child.pid : 0;
    if (::write(ends[1], &pid, sizeof pid) != sizeof pid) ::_exit(1);
    while (true)
      ::pause();
  }
  pid_t trainer = 0;
  REQUIRE(::read(ends[0], &trainer, sizeof trainer) == sizeof trainer);
  REQUIRE(trainer > 0);
  CHECK(is_alive(trainer));
  REQUIRE(::kill(agent, SIGKILL) == 0);
  REQUIRE(::waitpid(agent, nullptr, 0) == agent);
  boost::asio::io_context io;
  CHECK(run_until(io, [&] { return !is_alive(trainer); }));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("commands that a trainer never reads have an upper limit") {
  TrainerOptions options;
  options.child.program = "/bin/sleep";
  options.child.arguments = {"60"};
  options.unwritten_bytes_max = 1 << 20;
  const scanyard::testing::TemporaryFolder folder;
  options.log = folder.path() / "log";
  boost::asio::io_context io;
  std::optional<std::string> unusable;
  TrainerProcess process(
      io, options,
      {[](std::string_view) {}, [&](const std::string& what) { unusable = what; },
       [](const TrainerExit&) {}});
  process.start();
  for (int i = 0; i < 20; ++i)
    process.write_line(std::string(100'000, 'x'));
  CHECK(run_until(io, [&] { return unusable.has_value(); }));
}

}  // namespace
}  // namespace scanyard::worker
