//! Events to a file descriptor, and the sign of life while training.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "common/trainer_lines/lines.hpp"

namespace scanyard::training {

/// Writes whole lines. Thread-safe.
class LineOutput {
 public:
  /// `descriptor` is not owned. `on_broken` is called once, on the writing thread, when nobody
  /// reads any more.
  LineOutput(int descriptor, std::function<void()> on_broken)
      : descriptor_(descriptor), on_broken_(std::move(on_broken)) {}

  void write(const trainer_lines::Event& event);

 private:
  int descriptor_;
  std::function<void()> on_broken_;
  std::mutex mutex_;
  bool broken_ = false;
};

/// Writes Alive with the step counter every half second while training is on. A step that hangs
/// shows: lines go on, the counter does not.
class AliveThread {
 public:
  explicit AliveThread(LineOutput& output);
  ~AliveThread();
  AliveThread(const AliveThread&) = delete;
  AliveThread& operator=(const AliveThread&) = delete;

  /// Called by the training thread.
  void set_training(bool training);
  void count_step() { steps_done_.fetch_add(1, std::memory_order_relaxed); }

 private:
  void run();

  LineOutput& output_;
  std::atomic<std::int64_t> steps_done_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool training_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace scanyard::training
