//! A real scanyard-train as a child, spoken to as an agent would.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/trainer_lines/lines.hpp"

namespace scanyard::testing {

class TrainerProcess {
 public:
  explicit TrainerProcess(std::vector<std::string> arguments, std::size_t address_space_bytes = 0) {
    int in[2], out[2], err[2];
    REQUIRE(::pipe2(in, O_CLOEXEC) == 0);
    REQUIRE(::pipe2(out, O_CLOEXEC) == 0);
    REQUIRE(::pipe2(err, O_CLOEXEC) == 0);
    arguments.insert(arguments.begin(), std::string(SCANYARD_BIN_DIR) + "/scanyard-train");
    std::vector<char*> argv;
    for (auto& argument : arguments)
      argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      if (address_space_bytes > 0) {
        const rlimit limit{address_space_bytes, address_space_bytes};
        ::setrlimit(RLIMIT_AS, &limit);
      }
      ::dup2(in[0], 0);
      ::dup2(out[1], 1);
      ::dup2(err[1], 2);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    ::close(err[1]);
    input_ = in[1];
    output_ = out[0];
    errors_ = err[0];
  }
  ~TrainerProcess() {
    close_input();
    close_output();
    ::close(errors_);
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }
  TrainerProcess(const TrainerProcess&) = delete;
  TrainerProcess& operator=(const TrainerProcess&) = delete;

  void send_text(const std::string& text) {
    REQUIRE(::write(input_, text.data(), text.size()) == ssize_t(text.size()));
  }
  void send(const trainer_lines::Command& command) {
    send_text(trainer_lines::to_line(command) + "\n");
  }
  void close_input() {
    if (input_ >= 0) ::close(input_);
    input_ = -1;
  }
  void close_output() {
    if (output_ >= 0) ::close(output_);
    output_ = -1;
  }

  /// The next line of stdout; nothing at its end. Fails the test after 30 s.
  std::optional<std::string> line() {
    while (true) {
      const auto end = pending_.find('\n');
      if (end != std::string::npos) {
        std::string text = pending_.substr(0, end);
        pending_.erase(0, end + 1);
        return text;
      }
      if (!read_some(output_, pending_)) return std::nullopt;
    }
  }

  /// The next event. Every line of stdout must be one.
  trainer_lines::Event event() {
    const auto text = line();
    INFO("trainer's log: " << log());
    REQUIRE(text);
    auto event = trainer_lines::parse_event(*text);
    if (!event) FAIL(event.error().to_string());
    return *event;
  }

  /// Skips to the next event of a kind; what is skipped is added to `skipped`.
  template <class Kind>
  Kind next(std::vector<trainer_lines::Event>* skipped = nullptr) {
    while (true) {
      auto one = event();
      if (auto* found = std::get_if<Kind>(&one)) return *found;
      if (skipped != nullptr) skipped->push_back(one);
    }
  }

  /// Waits for the end of the process; its exit code, or minus the signal. Fails after 30 s.
  int wait() {
    // Both ends are closed by the end of the process, if not earlier.
    while (output_ >= 0 && line()) {
    }
    while (read_some(errors_, log_)) {
    }
    int status = 0;
    REQUIRE(::waitpid(pid_, &status, 0) == pid_);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

  /// What stderr holds by now.
  std::string log() {
    pollfd now{errors_, POLLIN, 0};
    while (::poll(&now, 1, 0) > 0 && read_some(errors_, log_)) {
    }
    return log_;
  }

 private:
  bool read_some(int descriptor, std::string& into) {
    pollfd wait{descriptor, POLLIN, 0};
    if (::poll(&wait, 1, 30000) <= 0) FAIL("the trainer said nothing for 30 s: " << log());
    char buffer[4096];
    const auto count = ::read(descriptor, buffer, sizeof buffer);
    if (count <= 0) return false;
    into.append(buffer, std::size_t(count));
    return true;
  }

  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  int errors_ = -1;
  std::string pending_;
  std::string log_;
};

}  // namespace scanyard::testing
