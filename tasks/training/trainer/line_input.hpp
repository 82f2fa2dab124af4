//! Commands from a file descriptor, read by a thread of their own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "common/error.hpp"
#include "common/trainer_lines/lines.hpp"

namespace scanyard::training {

/// Splits what arrives into lines. Pure; one line too long is one error, and reading goes on after
/// its end.
class LineSplitter {
 public:
  explicit LineSplitter(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  struct Line {
    std::string text;
    bool too_long = false;
  };
  /// Lines completed by these bytes, without their ends ("\n" or "\r\n").
  std::deque<Line> take(std::string_view bytes);

 private:
  std::size_t bytes_max_;
  std::string started_;
  bool skipping_ = false;
};

/// Starts reading at once. `closed()` is for good: nothing comes after it.
class LineInput {
 public:
  /// Reads `descriptor` (not owned) until its end or until this is destroyed. `on_ignored_end` is
  /// called, on the reading thread, when this still lives `grace` after the input's end: a training
  /// step that hangs must not keep a process whose parent is gone.
  LineInput(int descriptor, std::chrono::milliseconds grace, std::function<void()> on_ignored_end);
  ~LineInput();
  LineInput(const LineInput&) = delete;
  LineInput& operator=(const LineInput&) = delete;

  using Item = Result<trainer_lines::Command>;

  /// The next command or bad line, or nothing when there is none yet.
  std::optional<Item> poll();
  /// Waits for the next one; nothing when the input has ended.
  std::optional<Item> wait();
  /// The other end is gone and everything was handed out.
  bool closed();

 private:
  void read_lines();
  void push(Item item);

  int descriptor_;
  std::chrono::milliseconds grace_;
  std::function<void()> on_ignored_end_;
  int wake_;  ///< an eventfd that ends the thread's waiting
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Item> items_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace scanyard::training
