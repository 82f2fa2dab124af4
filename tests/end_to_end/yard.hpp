//! A whole installation in a temporary folder: coordinator, workers, trainers as real processes,
//! and the command line.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "coordinator/service/child_process.hpp"
#include "coordinator/service/home.hpp"
#include "tests/support/temporary_folder.hpp"

namespace scanyard::end_to_end {

/// What a command printed and how it ended.
struct Ran {
  int code = 0;
  std::string out, err;
};

/// How a yard is set up.
struct YardOptions {
  std::string settings;          ///< lines that are added to scanyard.yaml
  std::string trainer = "fake";  ///< "fake", or "real" for scanyard-train beside the programs
  int step_ms = 20;              ///< of the fake trainer
  int slots = 2;                 ///< of a worker
  int max_replicas = 4;
};

/// A deadline for everything that is waited for.
inline constexpr std::chrono::seconds patience{60};

class Yard {
 public:
  explicit Yard(YardOptions options = {});
  ~Yard();

  void start_coordinator();
  void start_worker(const std::string& name = "w1");
  void kill_coordinator();  ///< kill -9
  void kill_worker(const std::string& name = "w1");
  /// kill -9 of one trainer of a worker; false when it has none now.
  bool kill_trainer(const std::string& name = "w1");
  /// SIGTERM; returns how it ended.
  service::ExitStatus stop_coordinator();
  service::ExitStatus stop_worker(const std::string& name = "w1");
  /// How the coordinator ended by itself; waits for it.
  service::ExitStatus coordinator_end();
  bool coordinator_runs();

  /// `scanyard ARGUMENTS` with this yard's home; the test fails when it does not end in time.
  Ran scanyard(std::vector<std::string> arguments);
  /// The same; the test fails unless it succeeds. Returns what it printed.
  std::string must(std::vector<std::string> arguments);

  /// Writes a file into the folder and returns its path.
  std::filesystem::path write(const std::string& name, const std::string& text);
  std::string coordinator_log() const;
  std::string worker_log(const std::string& name = "w1") const;
  /// Finished and diverged runs of all sweeps.
  std::int64_t done();
  /// Waits until that many are done.
  void wait_done(std::int64_t runs);
  /// A counter of the coordinator's, 0 when there is none of that name.
  std::int64_t counter(const std::string& name);

  std::uint16_t port() const { return port_; }
  const std::filesystem::path& folder() const { return folder_.path(); }
  service::Home home;

 private:
  testing::TemporaryFolder folder_;
  YardOptions options_;
  std::uint16_t port_ = 0;
  std::optional<service::ChildProcess> coordinator_;
  std::map<std::string, service::ChildProcess> workers_;
  int commands_ = 0;
};

/// A port of this machine that was free a moment ago.
std::uint16_t free_port();

/// Processes whose parent is `parent`.
std::vector<pid_t> children_of(pid_t parent);

/// A small sweep that the fake trainer takes a while for.
std::string small_spec(const std::string& name, int seeds = 4);

}  // namespace scanyard::end_to_end
