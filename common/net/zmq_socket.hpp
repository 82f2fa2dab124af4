//! A ZeroMQ socket and its frames, owned. Internal to common/net.
#pragma once

#include <zmq.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.hpp"
#include "common/net/context.hpp"

namespace scanyard::net {

/// One received frame. Moves, never copies.
class Frame {
 public:
  Frame() { zmq_msg_init(&message_); }
  ~Frame() { zmq_msg_close(&message_); }
  Frame(Frame&& other) noexcept {
    zmq_msg_init(&message_);
    zmq_msg_move(&message_, &other.message_);
  }
  Frame& operator=(Frame&&) = delete;

  std::string_view view() const {
    auto* message = const_cast<zmq_msg_t*>(&message_);
    return {static_cast<const char*>(zmq_msg_data(message)), zmq_msg_size(message)};
  }
  bool more() const { return zmq_msg_more(&message_) != 0; }
  /// A property of the connection that it came from, such as "User-Id"; empty = not known.
  std::string property(const char* name) const {
    const char* value = zmq_msg_gets(const_cast<zmq_msg_t*>(&message_), name);
    return value == nullptr ? std::string() : std::string(value);
  }
  zmq_msg_t* raw() { return &message_; }

 private:
  zmq_msg_t message_;
};

/// Lives on one thread.
class Socket {
 public:
  /// `type`: ZMQ_ROUTER, ... Errors: net.socket_failed.
  static Result<Socket> open(const Context& context, int type);
  Socket(Socket&& other) noexcept : socket_(std::exchange(other.socket_, nullptr)) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() { close(); }

  void close();
  void* raw() const { return socket_; }

  void set(int option, int value);
  void set(int option, std::int64_t value);
  void set(int option, const std::string& value);
  int get_int(int option) const;
  std::string get_text(int option) const;

  /// Receives one whole message of at most `frames_max` frames without waiting. Nothing = there is
  /// none now. A message of more frames is read to its end and returned as no frames at all.
  std::optional<std::vector<Frame>> receive(std::size_t frames_max);

  enum class Sent { yes, would_wait, unroutable };
  /// Sends a whole message without waiting.
  Sent send(std::initializer_list<std::string_view> frames);

  /// The system's reason for the last failed call on this thread.
  static std::string last_error();

 private:
  explicit Socket(void* socket) : socket_(socket) {}
  void* socket_;
};

/// One event of a socket's monitor.
struct MonitorEvent {
  int event = 0;
  std::uint32_t value = 0;
};

/// Opens the reading end of a monitor of `socket`. Errors: net.socket_failed.
Result<Socket> open_monitor(const Context& context, Socket& socket, int events);
std::optional<MonitorEvent> receive_event(Socket& monitor);

}  // namespace scanyard::net
