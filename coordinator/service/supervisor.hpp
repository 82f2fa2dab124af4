//! Keeps a few programs running: one that ends is started again.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "coordinator/service/child_process.hpp"

namespace scanyard::service {

/// A program to be kept running.
struct Part {
  std::string name;  ///< "coordinator", for messages
  SpawnOptions spawn;
  /// Exit codes that mean that somebody else runs it already, such as a person in another terminal:
  /// it is tried again now and then, quietly.
  std::vector<int> elsewhere;
};

/// Used by the demo. Threads: one of its own, which starts and watches the programs (they die with
/// it); the methods may be called from any thread.
class Supervisor {
 public:
  /// `say` gets a sentence for people whenever something ended or came back; called from the
  /// supervisor's thread.
  explicit Supervisor(std::function<void(const std::string&)> say);
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  /// All parts are started by start(), in this order. Errors: those of ChildProcess::spawn, for a
  /// part that cannot even be started once.
  Result<void> start(std::vector<Part> parts);
  /// SIGTERM to all, last first; SIGKILL to those that take too long. Idempotent.
  void stop();

 private:
  using Clock = std::chrono::steady_clock;
  struct Watched {
    Part part;
    std::optional<ChildProcess> child;
    Clock::time_point started_at;
    Clock::time_point start_at;
    std::chrono::milliseconds delay{0};
    bool told_elsewhere = false;
  };

  void run();
  void look_after(Watched& watched);
  void on_end(Watched& watched, const ExitStatus& status);
  Result<void> start_one(Watched& watched);

  std::function<void(const std::string&)> say_;
  std::mutex mutex_;
  std::vector<Watched> parts_;
  bool stopping_ = false;
  bool started_ = false;
  std::optional<Error> first_error_;
  std::thread thread_;
};

}  // namespace scanyard::service
