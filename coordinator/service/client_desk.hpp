//! Answers clients' requests: reads in threads of their own, commands through the core and the
//! store.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/net/server_channel.hpp"
#include "common/protocol/client.hpp"
#include "common/read_model.hpp"
#include "common/spec/vocabulary.hpp"
#include "coordinator/core/core.hpp"
#include "coordinator/service/store_thread.hpp"

namespace scanyard::service {

/// What the desk works with. Everything outlives it; functions are called on the loop's thread.
struct DeskWorld {
  core::Core& core;
  StoreThread& store;
  ReadModel& model;
  const spec::Vocabulary& vocabulary;
  std::uint64_t runs_per_sweep_max = 0;
  /// Runs an event of the core's and carries its effects out.
  std::function<void(const std::function<void(core::Core&, TimePoint, core::Effects&)>&)> event;
  /// Makes the read model's live part as fresh as the core.
  std::function<void()> refresh_live;
  std::function<void(const std::string& peer, std::string body)> send;
  std::function<void(std::function<void()>)> post;  ///< to the loop, from any thread
  std::function<TimePoint()> now;
};

/// Every request is answered exactly once, however often it is repeated: the answers to commands
/// are kept for a while by (key, request id), and a submission's id is in the database besides.
///
/// Threads: two for reading and one for expanding specs, so that neither a slow query nor a spec of
/// a million runs holds up the loop. All methods are called on the loop's thread. stop() refuses
/// what comes later and waits for the threads.
class ClientDesk {
 public:
  explicit ClientDesk(DeskWorld world);
  ~ClientDesk();
  ClientDesk(const ClientDesk&) = delete;
  ClientDesk& operator=(const ClientDesk&) = delete;

  void on_request(const net::Peer& peer, protocol::Kind kind, std::string_view body);
  /// The core's answer to a command of a client's.
  void on_reply(core::Reply reply);
  /// Requests that are being worked on.
  std::size_t open_requests() const;
  void stop();

  /// service.requests, service.bad_requests, service.repeated_requests.
  std::vector<Counter> counters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace scanyard::service
