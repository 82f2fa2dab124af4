//! Watches what coordinator, store and workers do, and notes every broken promise
//! (docs/architecture.md, section 3). It knows nothing of how they work: only messages, durable
//! facts and times.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/protocol/messages.hpp"
#include "tests/simulation/store_model.hpp"

namespace scanyard::simulation {

class Witness {
 public:
  explicit Witness(const StoreModel& store) : store_(store) {}

  /// A coordinator started; it found open runs or not.
  void on_start(Epoch epoch, bool open_runs, Duration heartbeat, TimePoint now);
  void on_grant(const protocol::Grant& grant, const std::string& worker, TimePoint now);
  /// Sent, not yet received: what it says must hold now.
  void on_ack(const protocol::Ack& ack);
  void on_hello(const protocol::Hello& hello);
  void on_welcome(const protocol::Hello& hello, const protocol::Welcome& welcome);
  /// The worker forgets a report for good.
  void on_forget(const AttemptReport& report);
  /// The core asks for a write.
  void on_write(const StoreWrite& write);
  /// Runs of a sweep were opened again by a command: they may get another result.
  void on_reopened(const RunId& run);
  void note(const std::string& fault);

  const std::vector<std::string>& faults() const { return faults_; }
  /// Runs whose finished or diverged report a worker has forgotten: they must have a result for
  /// ever.
  const std::set<RunId>& delivered() const { return delivered_; }

 private:
  void check_fence(const RecordAttempt& record);

  const StoreModel& store_;
  std::vector<std::string> faults_;
  Epoch epoch_;
  TimePoint grace_until_;
  std::map<RunId, Token> newest_;            ///< greatest token ever granted for a run
  std::map<RunId, Token> granted_in_epoch_;  ///< greatest token of this epoch
  std::map<RunId, Token> claimed_in_epoch_;  ///< greatest token that a hello of this epoch named
  std::set<std::pair<RunId, Token>>
      ended_;  ///< attempts whose end the core has written in this epoch
  std::set<std::pair<RunId, Token>> answered_;  ///< attempts that an acknowledgement named
  std::set<RunId> delivered_;
};

}  // namespace scanyard::simulation
