#include "common/net/zmq_socket.hpp"

#include <fmt/format.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "common/assert.hpp"
#include "common/net/errc.hpp"

namespace scanyard::net {

Result<Socket> Socket::open(const Context& context, int type) {
  void* socket = zmq_socket(context.handle(), type);
  if (socket == nullptr) {
    return fail(errc::socket_failed, fmt::format("cannot open a ZeroMQ socket: {}", last_error()));
  }
  Socket opened(socket);
  opened.set(ZMQ_LINGER, 0);
  return opened;
}

void Socket::close() {
  if (socket_ != nullptr) zmq_close(std::exchange(socket_, nullptr));
}

void Socket::set(int option, int value) {
  const int failed = zmq_setsockopt(socket_, option, &value, sizeof value);
  SCANYARD_ASSERT(failed == 0, "the option exists and takes this value");
}

void Socket::set(int option, std::int64_t value) {
  const int failed = zmq_setsockopt(socket_, option, &value, sizeof value);
  SCANYARD_ASSERT(failed == 0, "the option exists and takes this value");
}

void Socket::set(int option, const std::string& value) {
  const int failed = zmq_setsockopt(socket_, option, value.data(), value.size());
  SCANYARD_ASSERT(failed == 0, "the option exists and takes this value");
}

int Socket::get_int(int option) const {
  int value = 0;
  std::size_t size = sizeof value;
  const int failed = zmq_getsockopt(socket_, option, &value, &size);
  SCANYARD_ASSERT(failed == 0, "the option exists");
  return value;
}

std::string Socket::get_text(int option) const {
  char text[1024];
  std::size_t size = sizeof text;
  const int failed = zmq_getsockopt(socket_, option, text, &size);
  SCANYARD_ASSERT(failed == 0 && size > 0, "the option exists");
  return {text, size - 1};
}

std::optional<std::vector<Frame>> Socket::receive(std::size_t frames_max) {
  std::vector<Frame> frames;
  bool too_many = false;
  bool more = true;
  while (more) {
    Frame frame;
    if (zmq_msg_recv(frame.raw(), socket_, ZMQ_DONTWAIT) < 0) {
      if (errno == EINTR) continue;
      SCANYARD_ASSERT(frames.empty() && !too_many, "ZeroMQ delivers whole messages");
      return std::nullopt;
    }
    more = frame.more();
    too_many = too_many || frames.size() >= frames_max;
    if (!too_many) frames.push_back(std::move(frame));
  }
  if (too_many) frames.clear();
  return frames;
}

Socket::Sent Socket::send(std::initializer_list<std::string_view> frames) {
  std::size_t left = frames.size();
  for (const auto frame : frames) {
    --left;
    const int flags = ZMQ_DONTWAIT | (left > 0 ? ZMQ_SNDMORE : 0);
    while (zmq_send(socket_, frame.data(), frame.size(), flags) < 0) {
      if (errno == EINTR) continue;
      SCANYARD_ASSERT(left + 1 == frames.size(), "only a message's first frame can be refused");
      return errno == EHOSTUNREACH ? Sent::unroutable : Sent::would_wait;
    }
  }
  return Sent::yes;
}

std::string Socket::last_error() {
  return zmq_strerror(zmq_errno());
}

Result<Socket> open_monitor(const Context& context, Socket& socket, int events) {
  static std::atomic<std::uint64_t> number{0};
  const std::string name = fmt::format("inproc://scanyard-monitor-{}", ++number);
  if (zmq_socket_monitor(socket.raw(), name.c_str(), events) != 0) {
    return fail(errc::socket_failed,
                fmt::format("cannot watch a socket: {}", Socket::last_error()));
  }
  auto monitor = Socket::open(context, ZMQ_PAIR);
  if (!monitor) return monitor;
  if (zmq_connect(monitor->raw(), name.c_str()) != 0) {
    return fail(errc::socket_failed,
                fmt::format("cannot watch a socket: {}", Socket::last_error()));
  }
  return monitor;
}

std::optional<MonitorEvent> receive_event(Socket& monitor) {
  // Two frames: event (16 bits) and value (32 bits) in the machine's order, then the address.
  const auto frames = monitor.receive(2);
  if (!frames || frames->size() != 2 || frames->front().view().size() != 6) return std::nullopt;
  std::uint16_t event = 0;
  MonitorEvent out;
  std::memcpy(&event, frames->front().view().data(), sizeof event);
  std::memcpy(&out.value, frames->front().view().data() + sizeof event, sizeof out.value);
  out.event = event;
  return out;
}

}  // namespace scanyard::net
