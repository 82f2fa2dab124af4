//! The coordinator's end of the wire: a ROUTER socket with CURVE, on an Asio loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.hpp"
#include "common/net/allow_list.hpp"
#include "common/net/keys.hpp"
#include "common/net/zap_handler.hpp"
#include "common/protocol/header.hpp"
#include "common/protocol/limits.hpp"
#include "common/protocol/messages.hpp"
#include "common/time.hpp"

namespace scanyard::net {

/// One worker or client process, from its start to its end: reconnecting does not change it.
struct Peer {
  std::string id;        ///< random, chosen by the process; printable
  std::string key_name;  ///< name of its key in the allow-list
  Role role = Role::client;
  std::string address;  ///< IP address of the connection
};

struct ServerOptions {
  std::string endpoint;  ///< "tcp://*:7400", "tcp://127.0.0.1:0" for any free port
  KeyPair key;
  std::size_t body_bytes_max = protocol::limits::body_bytes_max;
  std::size_t outbound_messages_max = 4096;  ///< waiting for one peer; more are dropped and counted
  Duration heartbeat{2000};                  ///< ZeroMQ's own pings, which find dead connections
  Duration heartbeat_timeout{10'000};
  Duration handshake{10'000};
};

/// Receives messages that are in order (two frames, a header of our version, a body within the
/// limit, a sequence number that rises, a key that is still listed) and hands them on; everything
/// else is dropped and counted, and a peer of another protocol version is told so with a Refuse.
/// Bodies are not decoded here.
///
/// Lives on one io_context thread, owned by the shell; all calls and callbacks are on that thread.
/// Needs a started ZapHandler.
class ServerChannel {
 public:
  using OnMessage =
      std::function<void(const Peer& peer, const protocol::Header& header, std::string_view body)>;

  ServerChannel(boost::asio::io_context& io, Context& context, ZapHandler& zap,
                ServerOptions options, OnMessage on_message);
  ~ServerChannel();

  /// Binds and begins to receive. Errors: net.address_in_use, net.bad_endpoint, net.socket_failed.
  Result<void> start();
  /// Sends what is queued as far as it goes without waiting, and closes. Idempotent.
  void stop();

  /// Where it listens, with the real port: "tcp://127.0.0.1:40111". Only after start().
  std::string endpoint() const;

  /// Queues a message for a peer and returns its sequence number; 0 when the peer's queue is full
  /// (dropped and counted). A peer that is gone is found out later and counted: nothing on this
  /// wire is certain to arrive.
  std::uint64_t send(const std::string& peer_id, const protocol::CoordinatorMessage& message);
  std::uint64_t send(const std::string& peer_id, protocol::Kind kind, std::string body);

  /// The peer said bye: its sequence numbers are forgotten.
  void forget(const std::string& peer_id);

  /// protocol.bad_frames, protocol.bad_header, protocol.version, protocol.too_large,
  /// protocol.replayed, net.removed_key, net.borrowed_id, net.unroutable, net.outbound_full,
  /// net.accepted, net.handshakes, net.not_admitted, net.received, net.sent.
  std::vector<Counter> counters() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace scanyard::net
