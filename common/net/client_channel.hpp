//! A worker's or client's end of the wire: a DEALER socket with CURVE, on an Asio loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.hpp"
#include "common/net/context.hpp"
#include "common/net/keys.hpp"
#include "common/protocol/header.hpp"
#include "common/protocol/limits.hpp"
#include "common/protocol/messages.hpp"
#include "common/read_model.hpp"
#include "common/time.hpp"

namespace boost::asio {
class io_context;
}

namespace scanyard::net {

struct ClientOptions {
  std::string endpoint;    ///< tcp://HOST:PORT
  std::string server_key;  ///< public
  KeyPair key;
  std::string instance;  ///< random and new at every start of the process: random_id()
  std::size_t body_bytes_max = protocol::limits::reply_bytes_max;
  std::size_t outbound_messages_max = 4096;  ///< more are refused by send()
  Duration reconnect_first{200};             ///< doubles up to reconnect_max
  /// Below two heartbeats, which is how long a restarted coordinator waits for its workers.
  Duration reconnect_max{2'000};
  Duration heartbeat{2000};
  Duration heartbeat_timeout{10'000};
  Duration handshake{10'000};
};

/// 32 hexadecimal digits from the system's random source.
std::string random_id();

/// What is known about the way to the server.
enum class Link {
  connecting,    ///< nothing known yet
  connected,     ///< the handshake is done; messages pass
  unreachable,   ///< no TCP connection: nobody listens there, or the network is down
  refused,       ///< the server does not list this key
  wrong_server,  ///< something answers that does not hold the expected server key
};
std::string_view to_text(Link link);

/// Connects and keeps connected: tries again for ever, with a delay that grows to a maximum and a
/// random part, so that a thousand workers do not come back at the same moment. Every change of the
/// link is told once, not every attempt.
///
/// Lives on one io_context thread, owned by the shell; all calls and callbacks are on that thread.
class ClientChannel {
 public:
  using OnMessage = std::function<void(const protocol::Header& header, std::string_view body)>;
  /// `why` is a sentence for the log, with what mends it.
  using OnLink = std::function<void(Link link, const std::string& why)>;
  /// A message that was dropped: "protocol.version" with the sentence that says so.
  using OnDropped = std::function<void(const Error& error)>;

  ClientChannel(boost::asio::io_context& io, Context& context, ClientOptions options,
                OnMessage on_message, OnLink on_link, OnDropped on_dropped = {});
  ~ClientChannel();

  /// Begins to connect; returns at once. Errors: net.bad_endpoint, net.bad_key, net.socket_failed.
  Result<void> start();
  /// Sends what is queued as far as it goes without waiting, and closes. Idempotent.
  void stop();

  Link link() const;

  /// Queues a message and returns its sequence number; 0 when the link is not connected or the
  /// queue is full. What was queued when a connection breaks is dropped: who needs an answer asks
  /// again.
  std::uint64_t send(const protocol::WorkerMessage& message);
  std::uint64_t send(protocol::Kind kind, std::string body);
  /// Messages that ZeroMQ has not taken yet.
  std::size_t queued() const;

  /// protocol.bad_frames, protocol.bad_header, protocol.version, protocol.too_large,
  /// protocol.replayed, net.reconnects, net.received, net.sent.
  std::vector<Counter> counters() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace scanyard::net
