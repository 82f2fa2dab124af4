//! The folder in which a worker keeps what outlives it. May be shared by many workers of many
//! nodes.
//!
//!   DIR/<coordinator>/<worker>/lock         held while the worker lives
//!                             /outbox       results not yet acknowledged
//!                             /logs/        what trainers wrote to stderr
//!                    /checkpoints/          by run, shared by the workers of one coordinator
//!
//! <coordinator> is a hash of its public key: results go to nobody else.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "common/records.hpp"

namespace scanyard::worker {

/// One worker's own folder, locked. Moves, never copies; unlocks when it goes.
class StateFolder {
 public:
  /// Takes an unlocked folder of this host, or makes one: so a worker that is started again has its
  /// old name. Errors: worker.state_folder with the path and the system's reason.
  static Result<StateFolder> claim(const std::filesystem::path& root, const std::string& server_key,
                                   const std::string& host);

  StateFolder(StateFolder&& other) noexcept;
  StateFolder& operator=(StateFolder&&) = delete;
  ~StateFolder();

  /// "node1-3f2a": host name and a suffix.
  const std::string& name() const { return name_; }
  std::filesystem::path outbox() const { return folder_ / "outbox"; }
  std::filesystem::path logs() const { return folder_ / "logs"; }
  std::filesystem::path checkpoints() const { return folder_.parent_path() / "checkpoints"; }

  /// A sign of life for workers on other nodes, whose view of the lock may be unreliable. Call it
  /// at least every `alive_interval_s`.
  void touch() const;
  static constexpr int alive_interval_s = 20;
  /// Folders of other hosts count as left behind only after this much silence.
  static constexpr int abandoned_after_s = 120;

  /// Looks for outboxes that ended workers left beside this one. For each, while it is locked,
  /// calls `take` with its reports; when that returns true (they are durable elsewhere) the outbox
  /// is removed. Returns how many were taken over. Errors of single folders are told to `complain`.
  int adopt_abandoned(const std::function<bool(std::vector<AttemptReport>)>& take,
                      const std::function<void(const Error&)>& complain) const;

 private:
  StateFolder(std::filesystem::path folder, std::string name, int lock)
      : folder_(std::move(folder)), name_(std::move(name)), lock_(lock) {}
  bool looks_abandoned(const std::filesystem::path& folder) const;

  std::filesystem::path folder_;
  std::string name_;
  int lock_ = -1;
};

}  // namespace scanyard::worker
