#include "common/net/socket_pump.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>

namespace scanyard::net {

namespace asio = boost::asio;

namespace {

/// An exception out of a callback is a programmer error of the shell: it leaves io_context::run.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

}  // namespace

struct SocketPump::Loop {
  static asio::awaitable<void> run(std::shared_ptr<SocketPump> pump) {
    while (!pump->stopped_) {
      pump->poked_ = false;
      const bool more = pump->step_();
      if (pump->stopped_) co_return;
      const bool readable = (pump->socket_.get_int(ZMQ_EVENTS) & ZMQ_POLLIN) != 0;
      if (more || readable || pump->poked_) {
        co_await asio::post(asio::use_awaitable);  // others get their turn
        continue;
      }
      boost::system::error_code cancelled;
      pump->waiting_ = true;
      co_await pump->descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                                            asio::redirect_error(asio::use_awaitable, cancelled));
      pump->waiting_ = false;
    }
  }
};

SocketPump::SocketPump(asio::io_context& io, Socket socket, std::function<bool()> step)
    : io_(io), socket_(std::move(socket)), step_(std::move(step)), descriptor_(io) {}

SocketPump::~SocketPump() {
  stop();
}

void SocketPump::start() {
  descriptor_.assign(socket_.get_int(ZMQ_FD));
  asio::co_spawn(io_, Loop::run(shared_from_this()), rethrow);
}

void SocketPump::poke() {
  poked_ = true;
  if (waiting_ && !stopped_) descriptor_.cancel();
}

void SocketPump::stop(int linger_ms) {
  if (stopped_) return;
  stopped_ = true;
  // ZeroMQ owns the descriptor: Asio must let go of it before the socket closes.
  if (descriptor_.is_open()) descriptor_.release();
  socket_.set(ZMQ_LINGER, linger_ms);
  socket_.close();
}

}  // namespace scanyard::net
