//! A coordinator's core under test: short calls for events, sanity checked after each, effects
//! sorted for looking at.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "coordinator/core/client.hpp"
#include "coordinator/core/core.hpp"
#include "coordinator/core/reactor.hpp"

namespace scanyard::core {

/// A run id that tests can name: all bytes follow from the number.
RunId run_id(int number);

/// Runs 0..count-1 of one shape, open for sweep 1: what a restart finds.
OpenRuns open_runs(int count);

/// A worker as tests describe it.
struct TestWorker {
  std::string name = "w1";
  int slots = 1;
  int max_replicas = 4;
  std::int64_t memory_bytes = 1 << 30;
  std::string instance = "i1";
};

class Harness {
 public:
  explicit Harness(CoreOptions options = {}, const OpenRuns& open = {}, Epoch epoch = {1});

  /// Submits runs `first`..`first+count-1` of one shape to a sweep.
  void submit(int sweep, int first, int count, const std::string& shape = "A",
              double memory_bytes = 1e6);
  /// The same, with the state that the store found runs in.
  void submit(const SubmitOutcome& outcome);

  /// Connects (or connects again, on a new connection) a worker and returns its connection.
  PeerId hello(const TestWorker& worker, std::vector<protocol::RunningReplica> running = {},
               std::int64_t outbox = 0);
  void want(PeerId peer, int replicas, int slot = 0, bool same_shape_only = false);
  void heartbeat(PeerId peer, std::vector<Token> held, std::int64_t outbox = 0,
                 std::int64_t steps = -1);
  void report(PeerId peer, const protocol::GrantedReplica& replica,
              AttemptEnd end = AttemptEnd::finished);
  void report(PeerId peer, AttemptReport report);
  void bye(PeerId peer);
  /// Everything that was written is committed.
  void commit();
  void fail_commit();
  /// Time passes in steps of 500 ms with a tick each; workers in `alive` send heartbeats with what
  /// they were granted.
  void pass(std::int64_t ms);

  /// Runs one event of the core's and checks the core's sanity.
  template <class Event>
  void event(Event&& happens) {
    happens(core, now, out);
    settle();
  }

  /// Packs sent to a connection since the last call.
  std::vector<protocol::Grant> grants(PeerId peer);
  /// The only pack sent to a connection since the last call; fails the test when there is not
  /// exactly one.
  protocol::Grant grant(PeerId peer);
  /// Messages of a kind sent to a connection since the last call, oldest first.
  template <class Message>
  std::vector<Message> sent(PeerId peer) {
    std::vector<Message> found;
    std::vector<protocol::CoordinatorMessage> rest;
    for (auto& message : sent_[peer]) {
      if (auto* wanted = std::get_if<Message>(&message)) {
        found.push_back(std::move(*wanted));
      } else {
        rest.push_back(std::move(message));
      }
    }
    sent_[peer] = std::move(rest);
    return found;
  }
  /// Acknowledgements sent to a connection since the last call.
  std::vector<protocol::Acknowledged> acks(PeerId peer);
  /// Writes of a kind since the harness was made.
  template <class Write>
  std::vector<Write> written() const {
    std::vector<Write> found;
    for (const auto& write : writes_) {
      if (const auto* wanted = std::get_if<Write>(&write)) found.push_back(*wanted);
    }
    return found;
  }
  std::optional<Result<std::string>> reply(int request) const;

  RunPhase phase(int run) const;
  const Run& run(int run) const;
  const Sweep& sweep(int id) const;

  Core core;
  TimePoint now{1'000'000};
  Effects out;

 private:
  void settle();

  std::map<PeerId, std::vector<protocol::CoordinatorMessage>> sent_;
  std::vector<StoreWrite> writes_;
  std::map<std::int64_t, Result<std::string>> replies_;
  WriteId last_write_{0};
  std::int64_t next_peer_ = 1;
};

/// A report of a granted replica, with an outcome where there has to be one.
AttemptReport make_report(const RunId& run, Token token, AttemptEnd end);

}  // namespace scanyard::core
