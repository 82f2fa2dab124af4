//! A program started by this one: the demo's coordinator and worker, and the processes of the
//! end-to-end tests.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/error.hpp"

namespace scanyard::service {

struct SpawnOptions {
  std::filesystem::path program;
  std::vector<std::string> arguments;
  std::filesystem::path output;  ///< stdout and stderr are appended here; empty = inherited
  std::vector<std::pair<std::string, std::string>> environment;  ///< added to ours
  bool dies_with_us = true;  ///< gets SIGTERM when this process ends, however it ends
};

/// How a process ended.
struct ExitStatus {
  int code = 0;    ///< exit status, when signal is 0
  int signal = 0;  ///< that killed it
  std::string to_string() const;
};

/// Runs in a process group of its own, so that Ctrl-C in the terminal reaches only its parent. The
/// destructor kills what still runs. Not thread-safe.
class ChildProcess {
 public:
  /// Errors: cli.missing_program when the program is not there or cannot be run.
  static Result<ChildProcess> spawn(const SpawnOptions& options);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ~ChildProcess();

  pid_t pid() const { return pid_; }
  /// How it ended, or nothing while it runs. Does not wait.
  std::optional<ExitStatus> poll();
  /// Waits at most so long.
  std::optional<ExitStatus> wait(std::chrono::milliseconds longest);
  void signal(int number) const;
  /// SIGTERM, and after `patience` SIGKILL; returns when it has ended.
  ExitStatus stop(std::chrono::milliseconds patience);

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}
  pid_t pid_ = -1;
  std::optional<ExitStatus> ended_;
};

/// The folder of the program that runs now: its siblings are there.
std::filesystem::path program_folder();

/// A program beside this one. Errors: cli.missing_program with the command that builds it.
Result<std::filesystem::path> sibling_program(const std::string& name);

}  // namespace scanyard::service
