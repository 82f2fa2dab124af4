#include "common/net/client_channel.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <optional>

#include "common/assert.hpp"
#include "common/net/errc.hpp"
#include "common/net/join_file.hpp"
#include "common/net/socket_pump.hpp"
#include "common/protocol/codec.hpp"
#include "common/protocol/errc.hpp"

namespace scanyard::net {
namespace {

constexpr int messages_per_turn = 256;
constexpr int last_words_ms = 250;
/// A key that is refused now may be listed in a minute; a wrong server key seldom mends itself.
constexpr std::int64_t refused_retry_first_ms = 1000;
constexpr std::int64_t refused_retry_max_ms = 30'000;

}  // namespace

std::string random_id() {
  static constexpr char digits[] = "0123456789abcdef";
  std::uint8_t bytes[16];
  randombytes_buf(bytes, sizeof bytes);
  std::string id;
  for (const auto byte : bytes) {
    id += digits[byte >> 4];
    id += digits[byte & 15];
  }
  return id;
}

std::string_view to_text(Link link) {
  static constexpr std::string_view texts[] = {"connecting", "connected", "unreachable", "refused",
                                               "wrong_server"};
  return texts[static_cast<std::size_t>(link)];
}

struct ClientChannel::Impl : std::enable_shared_from_this<Impl> {
  Impl(boost::asio::io_context& io_context, Context& zmq_context, ClientOptions client_options)
      : io(io_context),
        context(zmq_context),
        options(std::move(client_options)),
        retry(io_context) {}

  struct Outgoing {
    std::string header;
    std::string body;
  };
  struct Counts {
    std::uint64_t received = 0, sent = 0, reconnects = 0, bad_frames = 0, bad_header = 0;
    std::uint64_t version = 0, too_large = 0, replayed = 0;
  };

  boost::asio::io_context& io;
  Context& context;
  ClientOptions options;
  OnMessage on_message;
  OnLink on_link;
  OnDropped on_dropped;
  std::shared_ptr<SocketPump> pump;
  std::shared_ptr<SocketPump> monitor;
  boost::asio::steady_timer retry;
  std::int64_t refused_retry_ms = refused_retry_first_ms;
  Link link = Link::connecting;
  bool handshaking = false;  ///< TCP stands, CURVE does not yet
  bool was_connected = false;
  bool stopped = false;
  std::uint64_t sequence = 0;
  std::uint64_t server_sequence = 0;  ///< highest of this connection
  std::deque<Outgoing> outbound;
  Counts counts;

  Result<Socket> open();
  Result<void> connect();
  void close(int linger_ms);
  bool step();
  void take(const std::vector<Frame>& frames);
  bool watch();
  void on_event(const MonitorEvent& event);
  void change_link(Link next, const std::string& why);
  void connected();
  void not_admitted(Link why);
  void connect_later();
};

Result<Socket> ClientChannel::Impl::open() {
  auto socket = Socket::open(context, ZMQ_DEALER);
  if (!socket) return socket;
  socket->set(ZMQ_CURVE_SERVERKEY, options.server_key);
  socket->set(ZMQ_CURVE_PUBLICKEY, options.key.public_key);
  socket->set(ZMQ_CURVE_SECRETKEY, options.key.secret_key);
  socket->set(ZMQ_ROUTING_ID, options.instance);
  socket->set(ZMQ_IMMEDIATE, 1);  // nothing is queued for a connection that does not stand
  socket->set(ZMQ_RECONNECT_IVL, static_cast<int>(options.reconnect_first.ms));
  socket->set(ZMQ_RECONNECT_IVL_MAX, static_cast<int>(options.reconnect_max.ms));
  socket->set(ZMQ_HEARTBEAT_IVL, static_cast<int>(options.heartbeat.ms));
  socket->set(ZMQ_HEARTBEAT_TIMEOUT, static_cast<int>(options.heartbeat_timeout.ms));
  socket->set(ZMQ_HANDSHAKE_IVL, static_cast<int>(options.handshake.ms));
  socket->set(ZMQ_MAXMSGSIZE, static_cast<std::int64_t>(options.body_bytes_max));
  socket->set(ZMQ_SNDHWM, 256);
  socket->set(ZMQ_IPV6, 1);
  return socket;
}

Result<void> ClientChannel::Impl::connect() {
  auto socket = open();
  if (!socket) return propagate(socket);
  constexpr int events = ZMQ_EVENT_CONNECTED | ZMQ_EVENT_CONNECT_RETRIED | ZMQ_EVENT_CLOSED |
                         ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
                         ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                         ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
  auto watching = open_monitor(context, *socket, events);
  if (!watching) return propagate(watching);
  if (zmq_connect(socket->raw(), options.endpoint.c_str()) != 0) {
    return fail(errc::socket_failed,
                fmt::format("cannot connect to {}: {}", options.endpoint, Socket::last_error()));
  }
  const auto weak = weak_from_this();
  pump = std::make_shared<SocketPump>(io, std::move(*socket), [weak] {
    const auto self = weak.lock();
    return self != nullptr && self->step();
  });
  monitor = std::make_shared<SocketPump>(io, std::move(*watching), [weak] {
    const auto self = weak.lock();
    return self != nullptr && self->watch();
  });
  monitor->start();
  pump->start();
  return {};
}

void ClientChannel::Impl::close(int linger_ms) {
  handshaking = false;
  outbound.clear();
  if (monitor) monitor->stop();
  if (pump) pump->stop(linger_ms);
}

bool ClientChannel::Impl::step() {
  const auto mine = pump;  // a callback may replace it
  int taken = 0;
  for (; taken < messages_per_turn && !mine->stopped(); ++taken) {
    const auto frames = mine->socket().receive(2);
    if (!frames) break;
    take(*frames);
  }
  while (!mine->stopped() && !outbound.empty()) {
    if (mine->socket().send({outbound.front().header, outbound.front().body}) != Socket::Sent::yes)
      break;
    ++counts.sent;
    outbound.pop_front();
  }
  return taken == messages_per_turn;
}

void ClientChannel::Impl::take(const std::vector<Frame>& frames) {
  if (frames.size() != 2) {
    ++counts.bad_frames;
    return;
  }
  const auto header = protocol::decode_header(frames[0].view());
  if (!header) {
    ++(header.error().code() == protocol::errc::version ? counts.version : counts.bad_header);
    if (on_dropped) on_dropped(header.error());
    return;
  }
  if (frames[1].view().size() > options.body_bytes_max) {
    ++counts.too_large;
    return;
  }
  if (header->sequence <= server_sequence) {
    ++counts.replayed;
    return;
  }
  server_sequence = header->sequence;
  ++counts.received;
  on_message(*header, frames[1].view());
}

bool ClientChannel::Impl::watch() {
  const auto mine = monitor;
  while (!mine->stopped()) {
    const auto event = receive_event(mine->socket());
    if (!event) break;
    on_event(*event);
  }
  return false;
}

void ClientChannel::Impl::on_event(const MonitorEvent& event) {
  switch (event.event) {
    case ZMQ_EVENT_CONNECTED:
      handshaking = true;
      return;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
      return connected();
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
      return not_admitted(Link::refused);
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
      return not_admitted(Link::wrong_server);
    case ZMQ_EVENT_DISCONNECTED:
      if (handshaking) return not_admitted(Link::wrong_server);
      outbound.clear();
      return change_link(Link::unreachable,
                         fmt::format("the connection to {} broke; trying again", options.endpoint));
    default:  // closed before it stood, or about to be tried again
      if (handshaking || link == Link::connected) return;
      return change_link(
          Link::unreachable,
          fmt::format("nobody listens on {}, or the network is down; trying again at "
                      "least every {} s",
                      options.endpoint, options.reconnect_max.ms / 1000));
  }
}

void ClientChannel::Impl::connected() {
  handshaking = false;
  refused_retry_ms = refused_retry_first_ms;
  counts.reconnects += was_connected;
  was_connected = true;
  server_sequence =
      0;  // within a connection nothing is lost or doubled; the server may be a new one
  change_link(Link::connected, fmt::format("connected to {}", options.endpoint));
}

void ClientChannel::Impl::not_admitted(Link why) {
  close(0);
  connect_later();
  if (why == Link::refused) {
    change_link(why, fmt::format("{} does not list this key ({}): run `scanyard key add` there; "
                                 "trying again",
                                 options.endpoint, options.key.public_key));
  } else {
    change_link(why,
                fmt::format("what listens on {} does not hold the expected server key, or is no "
                            "Scanyard coordinator: check the address and the server key; trying "
                            "again",
                            options.endpoint));
  }
}

void ClientChannel::Impl::connect_later() {
  const auto random_ms = static_cast<std::int64_t>(
      randombytes_uniform(static_cast<std::uint32_t>(refused_retry_ms / 4 + 1)));
  retry.expires_after(std::chrono::milliseconds(refused_retry_ms + random_ms));
  refused_retry_ms = std::min(2 * refused_retry_ms, refused_retry_max_ms);
  retry.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
    const auto self = weak.lock();
    if (cancelled || !self || self->stopped) return;
    // Only a lack of descriptors can make this fail: it is then tried again like everything else.
    if (!self->connect()) self->connect_later();
  });
}

void ClientChannel::Impl::change_link(Link next, const std::string& why) {
  if (next == link) return;
  link = next;
  if (on_link) on_link(next, why);
}

ClientChannel::ClientChannel(boost::asio::io_context& io, Context& context, ClientOptions options,
                             OnMessage on_message, OnLink on_link, OnDropped on_dropped)
    : impl_(std::make_shared<Impl>(io, context, std::move(options))) {
  impl_->on_message = std::move(on_message);
  impl_->on_link = std::move(on_link);
  impl_->on_dropped = std::move(on_dropped);
}

ClientChannel::~ClientChannel() {
  stop();
}

Result<void> ClientChannel::start() {
  SCANYARD_ASSERT(impl_->pump == nullptr, "a channel starts once");
  const auto& options = impl_->options;
  SCANYARD_ASSERT(!options.instance.empty(), "a channel has an instance of its own: random_id()");
  if (auto ok = check_endpoint(options.endpoint); !ok) return ok;
  if (!is_key_text(options.server_key)) {
    return fail(errc::bad_key, "the server key is no key of 40 characters of Z85");
  }
  auto expected = public_key_of(options.key.secret_key);
  if (!expected) return propagate(expected);
  if (*expected != options.key.public_key) {
    return fail(errc::bad_key, "the public key does not belong to the secret key");
  }
  return impl_->connect();
}

void ClientChannel::stop() {
  if (impl_->stopped) return;
  impl_->stopped = true;
  impl_->retry.cancel();
  const bool may_send = impl_->link == Link::connected && impl_->pump && !impl_->pump->stopped();
  while (may_send && !impl_->outbound.empty()) {
    const auto& first = impl_->outbound.front();
    if (impl_->pump->socket().send({first.header, first.body}) != Socket::Sent::yes) break;
    impl_->outbound.pop_front();
  }
  impl_->close(may_send ? last_words_ms : 0);
}

Link ClientChannel::link() const {
  return impl_->link;
}

std::uint64_t ClientChannel::send(const protocol::WorkerMessage& message) {
  return send(protocol::kind_of(message), protocol::encode_body(message));
}

std::uint64_t ClientChannel::send(protocol::Kind kind, std::string body) {
  if (impl_->stopped || impl_->link != Link::connected ||
      impl_->outbound.size() >= impl_->options.outbound_messages_max) {
    return 0;
  }
  impl_->outbound.push_back({protocol::encode_header({kind, ++impl_->sequence}), std::move(body)});
  impl_->pump->poke();
  return impl_->sequence;
}

std::size_t ClientChannel::queued() const {
  return impl_->outbound.size();
}

std::vector<Counter> ClientChannel::counters() const {
  const auto& c = impl_->counts;
  return {
      {"net.received", "messages received", c.received},
      {"net.sent", "messages sent", c.sent},
      {"net.reconnects", "connections after the first", c.reconnects},
      {"protocol.bad_frames", "messages dropped because they are not a header and a body",
       c.bad_frames},
      {"protocol.bad_header", "messages dropped because their header is none of ours",
       c.bad_header},
      {"protocol.version", "messages dropped because of another protocol version", c.version},
      {"protocol.too_large", "messages dropped because of their size", c.too_large},
      {"protocol.replayed", "messages dropped because they were seen before", c.replayed},
  };
}

}  // namespace scanyard::net
