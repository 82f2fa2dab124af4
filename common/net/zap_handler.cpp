#include "common/net/zap_handler.hpp"

#include <fmt/format.h>

#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "common/assert.hpp"
#include "common/net/errc.hpp"
#include "common/net/socket_pump.hpp"

namespace scanyard::net {
namespace {

constexpr const char* zap_endpoint = "inproc://zeromq.zap.01";
constexpr std::chrono::seconds refresh_interval{1};
constexpr std::size_t key_bytes = 32;

/// One request: version, request id, domain, address, identity, mechanism, credentials.
constexpr std::size_t request_frames_max = 8;
constexpr std::size_t request_frames_min = 6;

std::string to_z85(std::string_view key) {
  char text[41];
  zmq_z85_encode(text, reinterpret_cast<const std::uint8_t*>(key.data()), key.size());
  return text;
}

}  // namespace

struct ZapHandler::Impl : std::enable_shared_from_this<Impl> {
  Impl(boost::asio::io_context& io_context, Context& zmq_context, AllowList allow_list,
       OnEvent event)
      : io(io_context),
        context(zmq_context),
        list(std::move(allow_list)),
        on_event(std::move(event)),
        timer(io_context) {}

  boost::asio::io_context& io;
  Context& context;
  AllowList list;
  OnEvent on_event;
  boost::asio::steady_timer timer;
  std::shared_ptr<SocketPump> pump;
  bool unreadable_said = false;
  std::chrono::steady_clock::time_point refusal_said{};
  std::uint64_t refusals_unsaid = 0;
  std::uint64_t admitted = 0, unknown_key = 0, not_curve = 0, unreadable = 0;

  bool answer_some();
  void answer(const std::vector<Frame>& request);
  void refuse(std::string_view version, std::string_view id, const std::string& why);
  void refresh();
  void refresh_later();
};

bool ZapHandler::Impl::answer_some() {
  for (int i = 0; i < 64; ++i) {
    const auto request = pump->socket().receive(request_frames_max);
    if (!request) return false;
    SCANYARD_ASSERT(request->size() >= request_frames_min, "only libzmq itself sends ZAP requests");
    answer(*request);
  }
  return true;
}

void ZapHandler::Impl::answer(const std::vector<Frame>& request) {
  const auto version = request[0].view(), id = request[1].view(), domain = request[2].view();
  const auto address = request[3].view(), mechanism = request[5].view();
  if (mechanism != "CURVE" || request.size() < 7 || request[6].view().size() != key_bytes) {
    ++not_curve;
    return refuse(version, id, fmt::format("a connection from {} without CURVE", address));
  }
  refresh();
  const std::string key = to_z85(request[6].view());
  const AllowedKey* allowed = domain == zap_domain ? list.find(key) : nullptr;
  if (allowed == nullptr) {
    ++unknown_key;
    return refuse(version, id,
                  fmt::format("a connection from {} with the unlisted key {}", address, key));
  }
  ++admitted;
  // What ServerChannel finds as "User-Id" on every message of this connection.
  const std::string user = fmt::format("{} {} {}", to_text(allowed->role), allowed->name, key);
  pump->socket().send({version, id, "200", "OK", user, ""});
}

void ZapHandler::Impl::refuse(std::string_view version, std::string_view id,
                              const std::string& why) {
  pump->socket().send({version, id, "400", "this key is not in the allow-list", "", ""});
  const auto now = std::chrono::steady_clock::now();
  if (now - refusal_said < std::chrono::seconds(1)) {
    ++refusals_unsaid;
    return;
  }
  refusal_said = now;
  if (on_event) {
    on_event(
        fmt::format("refused {}{}", why,
                    refusals_unsaid > 0 ? fmt::format(" (and {} more)", refusals_unsaid) : ""));
  }
  refusals_unsaid = 0;
}

void ZapHandler::Impl::refresh() {
  const auto changed = list.refresh();
  if (changed) {
    if (*changed && on_event)
      on_event(fmt::format("the allow-list has {} keys now", list.keys().size()));
    unreadable_said = false;
    return;
  }
  ++unreadable;
  if (!unreadable_said && on_event) {
    on_event(fmt::format("{}; the earlier list stays in force", changed.error().to_string()));
  }
  unreadable_said = true;
}

void ZapHandler::Impl::refresh_later() {
  timer.expires_after(refresh_interval);
  timer.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
    const auto self = weak.lock();
    if (cancelled || !self || self->pump->stopped()) return;
    self->refresh();
    self->refresh_later();
  });
}

ZapHandler::ZapHandler(boost::asio::io_context& io, Context& context, AllowList list,
                       OnEvent on_event)
    : impl_(std::make_shared<Impl>(io, context, std::move(list), std::move(on_event))) {}

ZapHandler::~ZapHandler() {
  stop();
}

Result<void> ZapHandler::start() {
  SCANYARD_ASSERT(impl_->pump == nullptr, "a handler starts once");
  auto socket = Socket::open(impl_->context, ZMQ_REP);
  if (!socket) return propagate(socket);
  if (zmq_bind(socket->raw(), zap_endpoint) != 0) {
    return fail(errc::socket_failed,
                fmt::format("cannot answer for the allow-list: {}", Socket::last_error()));
  }
  impl_->pump =
      std::make_shared<SocketPump>(impl_->io, std::move(*socket), [weak = impl_->weak_from_this()] {
        const auto self = weak.lock();
        return self != nullptr && self->answer_some();
      });
  impl_->pump->start();
  impl_->refresh_later();
  return {};
}

void ZapHandler::stop() {
  if (impl_->pump) impl_->pump->stop();
  impl_->timer.cancel();
}

bool ZapHandler::still_allowed(const std::string& public_key) const {
  return impl_->list.find(public_key) != nullptr;
}

const AllowList& ZapHandler::list() const {
  return impl_->list;
}

std::vector<Counter> ZapHandler::counters() const {
  return {
      {"net.admitted", "handshakes with a listed key", impl_->admitted},
      {"net.unknown_key", "handshakes refused because the key is not in the allow-list",
       impl_->unknown_key},
      {"net.not_curve", "handshakes refused because they did not use CURVE", impl_->not_curve},
      {"net.allow_list_unreadable", "times the changed allow-list could not be read",
       impl_->unreadable},
  };
}

}  // namespace scanyard::net
