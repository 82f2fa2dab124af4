//! One trainer child on the Asio loop: lines in, lines out, its log, its end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "worker/agent/child_process.hpp"
#include "worker/core/events.hpp"

namespace boost::asio {
class io_context;
}

namespace scanyard::worker {

struct TrainerOptions {
  ChildOptions child;
  std::filesystem::path log;                   ///< its stderr, rotated
  std::size_t log_bytes_max = 4 << 20;         ///< of each of the two log files
  std::size_t log_tail_bytes_max = 8 << 10;    ///< kept for reports
  std::size_t line_bytes_max = 4 << 20;        ///< of its stdout
  std::size_t unwritten_bytes_max = 64 << 20;  ///< of commands that it does not read
};

/// Everything that the child wrote before its end is told before its end. Lives on one io_context
/// thread, the one that start() was called on; callbacks are made there, never from inside a call.
class TrainerProcess {
 public:
  struct Callbacks {
    std::function<void(std::string_view line)> on_line;  ///< of stdout
    std::function<void(std::string what)> on_unusable;   ///< stdout or stdin is of no use any more
    std::function<void(const TrainerExit& exit)> on_exit;  ///< last of all, once
  };

  TrainerProcess(boost::asio::io_context& io, TrainerOptions options, Callbacks callbacks);
  /// Kills the child's process group; nothing is called back any more.
  ~TrainerProcess();
  TrainerProcess(const TrainerProcess&) = delete;
  TrainerProcess& operator=(const TrainerProcess&) = delete;

  /// Starts the child. When there is none, on_exit says so.
  void start();
  void write_line(std::string line);
  /// SIGKILL to its process group.
  void kill();
  /// Last lines of its stderr, everything that it wrote until now included.
  std::string log_tail();
  /// 0 = not running.
  int pid() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace scanyard::worker
