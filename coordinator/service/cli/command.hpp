//! One command of `scanyard`: its options, its help, what it does.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "coordinator/service/cli/options.hpp"
#include "coordinator/service/exit_code.hpp"

namespace scanyard::service::cli {

/// What all commands share.
struct Globals {
  std::optional<std::string> home;  ///< --home
  std::optional<std::string> join;  ///< --join: a client's join file, for coordinators elsewhere
  std::int64_t timeout_s = 10;      ///< --timeout: how long to try to reach the coordinator
};

/// Lifecycle: made once at start, declare() called, then run() for the one that was asked for.
class Command {
 public:
  virtual ~Command() = default;
  /// "status", or "key add".
  virtual std::string name() const = 0;
  /// One line.
  virtual std::string summary() const = 0;
  /// Command lines that can be pasted, one a line.
  virtual std::string examples() const = 0;
  virtual void declare(Options& options) = 0;
  /// Errors go to stderr as one line, answers to stdout.
  virtual ExitCode run(const Globals& globals) = 0;
};

using Commands = std::vector<std::unique_ptr<Command>>;

/// Parses the command line and runs one command. Returns the program's exit status.
int run_command_line(const Commands& commands, int argument_count, char** arguments);

/// Prints "scanyard: what went wrong" to stderr and returns the status that belongs to it.
ExitCode report(const Error& error);

}  // namespace scanyard::service::cli
