//! Drives one ZeroMQ socket on an Asio loop. Internal to common/net (it includes Asio).
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>

#include "common/net/zmq_socket.hpp"

namespace scanyard::net {

/// The one owner of a socket. ZMQ_FD is edge-triggered and shared by reads and writes, and every
/// call on the socket may swallow an edge; so all calls happen in `step`, and the descriptor is
/// awaited only after ZMQ_EVENTS said that there is nothing to read.
///
/// `step` receives and sends a bounded amount without waiting and returns true when it stopped only
/// because of that bound. It may call stop(). Lives on one io_context thread.
class SocketPump : public std::enable_shared_from_this<SocketPump> {
 public:
  SocketPump(boost::asio::io_context& io, Socket socket, std::function<bool()> step);
  ~SocketPump();

  void start();
  /// There is something to send: step is called soon.
  void poke();
  /// Lets go of the descriptor and closes the socket, which goes on sending what it has taken for
  /// at most `linger_ms`. Idempotent.
  void stop(int linger_ms = 0);

  bool stopped() const { return stopped_; }
  Socket& socket() { return socket_; }

 private:
  struct Loop;
  boost::asio::io_context& io_;
  Socket socket_;
  std::function<bool()> step_;
  boost::asio::posix::stream_descriptor descriptor_;
  bool poked_ = false;
  bool waiting_ = false;
  bool stopped_ = false;
};

}  // namespace scanyard::net
