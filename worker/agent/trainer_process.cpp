#include "worker/agent/trainer_process.hpp"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>

#include "worker/agent/line_splitter.hpp"
#include "worker/agent/log_tail.hpp"
#include "worker/agent/machine.hpp"
#include "worker/agent/rotating_log.hpp"

namespace scanyard::worker {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

struct TrainerProcess::Impl : std::enable_shared_from_this<Impl> {
  Impl(asio::io_context& io_context, TrainerOptions trainer, Callbacks call)
      : io(io_context),
        options(std::move(trainer)),
        callbacks(std::move(call)),
        process(io_context),
        in(io_context),
        out(io_context),
        err(io_context),
        splitter(options.line_bytes_max),
        tail(options.log_tail_bytes_max),
        log(options.log, options.log_bytes_max) {}

  asio::io_context& io;
  TrainerOptions options;
  Callbacks callbacks;
  Child child;
  Descriptor process, in, out, err;
  LineSplitter splitter;
  LogTail tail;
  RotatingLog log;
  std::string writing;    ///< handed to the pipe
  std::string unwritten;  ///< waits for it
  std::int64_t oom_kills_before = 0;
  bool unusable = false;
  bool ended = false;
  bool silent = false;  ///< the owner is gone

  void start();
  void write_more();
  void wait_for_out();
  void wait_for_err();
  void wait_for_end();
  bool drain(Descriptor& from, bool is_log);
  void take_out(std::string_view bytes);
  void become_unusable(std::string what);
  void finish();
  void kill() const {
    if (child.pid > 0 && !ended) ::kill(-child.pid, SIGKILL);
  }
};

void TrainerProcess::Impl::start() {
  oom_kills_before = oom_kills();
  TrainerExit failure;
  if (!start_child(options.child, child, failure)) {
    ended = true;
    asio::post(io, [self = shared_from_this(), failure] {
      if (!self->silent) self->callbacks.on_exit(failure);
    });
    return;
  }
  process.assign(child.process);
  in.assign(child.in);
  out.assign(child.out);
  err.assign(child.err);
  wait_for_out();
  wait_for_err();
  wait_for_end();
}

void TrainerProcess::Impl::write_more() {
  if (!writing.empty() || unwritten.empty() || ended) return;
  writing.swap(unwritten);
  asio::async_write(
      in, asio::buffer(writing),
      [self = shared_from_this()](const boost::system::error_code& failed, std::size_t) {
        self->writing.clear();
        // A child that closed its stdin has ended or is about to.
        if (!failed) self->write_more();
      });
}

/// Reads what is there now, without waiting. False at the end of the stream.
bool TrainerProcess::Impl::drain(Descriptor& from, bool is_log) {
  std::array<char, 1 << 16> buffer;
  while (from.is_open()) {
    const auto got = ::read(from.native_handle(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    if (got == 0) return false;
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    if (is_log) {
      tail.take(bytes);
      log.write(bytes);
    } else {
      take_out(bytes);
    }
    if (silent) return false;
    // One who writes faster than we read must not keep us from everything else.
    if (bytes.size() < buffer.size()) continue;
    if (!ended) return true;
  }
  return false;
}

void TrainerProcess::Impl::take_out(std::string_view bytes) {
  if (unusable) return;
  const bool usable = splitter.take(bytes, [&](std::string_view line) {
    if (!silent) callbacks.on_line(line);
  });
  if (!usable)
    become_unusable("a line is longer than " + std::to_string(options.line_bytes_max) + " bytes");
}

void TrainerProcess::Impl::become_unusable(std::string what) {
  if (unusable) return;
  unusable = true;
  asio::post(io, [self = shared_from_this(), what = std::move(what)] {
    if (!self->silent && !self->ended) self->callbacks.on_unusable(what);
  });
}

void TrainerProcess::Impl::wait_for_out() {
  out.async_wait(Descriptor::wait_read,
                 [self = shared_from_this()](const boost::system::error_code& cancelled) {
                   if (cancelled || self->ended || self->silent) return;
                   if (self->drain(self->out, false)) self->wait_for_out();
                 });
}

void TrainerProcess::Impl::wait_for_err() {
  err.async_wait(Descriptor::wait_read,
                 [self = shared_from_this()](const boost::system::error_code& cancelled) {
                   if (cancelled || self->ended || self->silent) return;
                   if (self->drain(self->err, true)) self->wait_for_err();
                 });
}

void TrainerProcess::Impl::wait_for_end() {
  process.async_wait(Descriptor::wait_read,
                     [self = shared_from_this()](const boost::system::error_code& cancelled) {
                       if (!cancelled && !self->ended) self->finish();
                     });
}

void TrainerProcess::Impl::finish() {
  // Whatever the child started in its group ends with it, so that its pipes do.
  ::kill(-child.pid, SIGKILL);
  TrainerExit exit = reap_child(child);
  ended = true;
  drain(err, true);
  drain(out, false);
  exit.log_tail = tail.text();
  exit.out_of_memory = oom_kills() > oom_kills_before;
  boost::system::error_code ignored;
  for (Descriptor* descriptor : {&process, &in, &out, &err})
    descriptor->close(ignored);
  if (!silent) callbacks.on_exit(exit);
}

TrainerProcess::TrainerProcess(asio::io_context& io, TrainerOptions options, Callbacks callbacks)
    : impl_(std::make_shared<Impl>(io, std::move(options), std::move(callbacks))) {}

TrainerProcess::~TrainerProcess() {
  impl_->silent = true;
  if (impl_->ended) return;
  impl_->kill();
  if (impl_->child.pid > 0) impl_->finish();
}

void TrainerProcess::start() {
  impl_->start();
}

void TrainerProcess::write_line(std::string line) {
  if (impl_->ended) return;
  impl_->unwritten += line;
  impl_->unwritten += '\n';
  if (impl_->unwritten.size() > impl_->options.unwritten_bytes_max) {
    return impl_->become_unusable("the trainer does not read its stdin");
  }
  impl_->write_more();
}

void TrainerProcess::kill() {
  impl_->kill();
}

std::string TrainerProcess::log_tail() {
  if (!impl_->ended) impl_->drain(impl_->err, true);
  return impl_->tail.text();
}

int TrainerProcess::pid() const {
  return impl_->ended ? 0 : impl_->child.pid;
}

}  // namespace scanyard::worker
