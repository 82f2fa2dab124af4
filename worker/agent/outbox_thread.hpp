//! The outbox on a thread of its own, because a disk may take its time and a network file system a
//! minute: the agent goes on sending heartbeats meanwhile.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "common/records.hpp"
#include "worker/agent/outbox.hpp"
#include "worker/agent/state_folder.hpp"

namespace boost::asio {
class io_context;
}

namespace scanyard::worker {

/// Reports that come while a write is under way are written together in the next one (group
/// commit). All calls and callbacks are on the io_context's thread; start with construction.
class OutboxThread {
 public:
  struct Callbacks {
    std::function<void(std::vector<ReportKey>)> on_stored;
    std::function<void(std::vector<ReportKey>, std::string why)> on_failed;
    std::function<void(std::vector<AttemptReport>)> on_adopted;
    /// Something that a person should know: a neighbour's outbox that cannot be read.
    std::function<void(std::string)> on_complaint;
  };

  /// `folder` must outlive it.
  OutboxThread(boost::asio::io_context& io, Outbox outbox, const StateFolder& folder,
               Callbacks callbacks);
  /// Waits for what is under way.
  ~OutboxThread();

  void store(AttemptReport report);
  void forget(std::vector<ReportKey> keys);
  /// Looks for what ended workers left behind, and shows the neighbours that this one lives.
  void look_around();

  /// Finishes everything that was asked for, without calling back any more. Blocks. Idempotent.
  void stop();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace scanyard::worker
