#include "common/net/server_channel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <unordered_map>
#include <unordered_set>

#include "common/assert.hpp"
#include "common/net/errc.hpp"
#include "common/net/join_file.hpp"
#include "common/net/socket_pump.hpp"
#include "common/protocol/codec.hpp"
#include "common/protocol/errc.hpp"
#include "common/protocol/replay_guard.hpp"

namespace scanyard::net {
namespace {

constexpr int messages_per_turn = 256;
constexpr int last_words_ms = 250;
constexpr std::size_t peers_max = 65536;
constexpr std::size_t id_characters_max = 64;

bool is_lawful_id(std::string_view id) {
  const auto lawful = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  };
  return !id.empty() && id.size() <= id_characters_max && std::all_of(id.begin(), id.end(), lawful);
}

/// What ZapHandler wrote about a connection: "role name key".
struct User {
  Role role = Role::client;
  std::string name;
  std::string public_key;
};

/// A socket that takes both families names IPv4 addresses as IPv6 ones:
/// "tcp://[::ffff:1.2.3.4]:7400" and "::ffff:1.2.3.4" become what people write.
std::string plain_address(std::string address) {
  constexpr std::string_view mapped = "::ffff:";
  const auto at = address.find(mapped);
  if (at == std::string::npos || address.find('.', at) == std::string::npos) return address;
  const bool bracketed = at > 0 && address[at - 1] == '[';
  address.erase(at, mapped.size());
  if (!bracketed) return address;
  address.erase(address.find(']', at), 1);
  return address.erase(at - 1, 1);
}

std::optional<User> parse_user(const std::string& text) {
  const auto first = text.find(' ');
  const auto second = text.find(' ', first == std::string::npos ? first : first + 1);
  if (second == std::string::npos) return std::nullopt;
  const auto role = role_from_text(text.substr(0, first));
  if (!role) return std::nullopt;
  return User{*role, text.substr(first + 1, second - first - 1), text.substr(second + 1)};
}

}  // namespace

struct ServerChannel::Impl : std::enable_shared_from_this<Impl> {
  Impl(boost::asio::io_context& io_context, Context& zmq_context, ZapHandler& zap_handler,
       ServerOptions server_options, OnMessage message)
      : io(io_context),
        context(zmq_context),
        zap(zap_handler),
        options(std::move(server_options)),
        on_message(std::move(message)) {}

  struct Outgoing {
    std::string header;
    std::string body;
  };
  struct Counts {
    std::uint64_t received = 0, sent = 0, bad_frames = 0, bad_header = 0, version = 0,
                  too_large = 0;
    std::uint64_t replayed = 0, removed_key = 0, borrowed_id = 0, unroutable = 0, outbound_full = 0;
    std::uint64_t not_admitted = 0, accepted = 0, handshakes = 0;
  };

  boost::asio::io_context& io;
  Context& context;
  ZapHandler& zap;
  ServerOptions options;
  OnMessage on_message;
  std::shared_ptr<SocketPump> pump;
  std::shared_ptr<SocketPump> monitor;
  std::string endpoint;
  std::uint64_t sequence = 0;
  protocol::ReplayGuard guard{peers_max};
  std::unordered_map<std::string, std::string>
      key_of_id;                                 ///< peer id -> public key that it came with
  std::unordered_set<std::string> told_version;  ///< peers that were told our version
  std::unordered_map<std::string, std::deque<Outgoing>> outbound;
  Counts counts;

  Result<Socket> open();
  bool step();
  void take(const std::vector<Frame>& frames);
  bool owns_id(const std::string& id, const std::string& public_key);
  void tell_version(const std::string& id, const Error& error);
  void flush();
  bool watch();
};

Result<Socket> ServerChannel::Impl::open() {
  auto socket = Socket::open(context, ZMQ_ROUTER);
  if (!socket) return socket;
  socket->set(ZMQ_CURVE_SERVER, 1);
  socket->set(ZMQ_CURVE_SECRETKEY, options.key.secret_key);
  socket->set(ZMQ_ZAP_DOMAIN, std::string(zap_domain));
  socket->set(ZMQ_ROUTER_MANDATORY, 1);  // else messages to a peer that is gone vanish unseen
  // A worker that comes back keeps its id; the new connection replaces the dead one at once.
  socket->set(ZMQ_ROUTER_HANDOVER, 1);
  socket->set(ZMQ_HEARTBEAT_IVL, static_cast<int>(options.heartbeat.ms));
  socket->set(ZMQ_HEARTBEAT_TIMEOUT, static_cast<int>(options.heartbeat_timeout.ms));
  socket->set(ZMQ_HANDSHAKE_IVL, static_cast<int>(options.handshake.ms));
  // Between the two limits a message is received, dropped and counted; above, ZeroMQ cuts the
  // connection without spending memory.
  socket->set(ZMQ_MAXMSGSIZE, static_cast<std::int64_t>(4 * options.body_bytes_max));
  socket->set(ZMQ_BACKLOG, 1024);  // a thousand workers may come back at once
  socket->set(ZMQ_SNDHWM, 256);    // more waits in our own queue, where it can be counted
  socket->set(ZMQ_IPV6, 1);
  return socket;
}

bool ServerChannel::Impl::step() {
  int taken = 0;
  for (; taken < messages_per_turn && !pump->stopped(); ++taken) {
    const auto frames = pump->socket().receive(3);
    if (!frames) break;
    take(*frames);
  }
  if (!pump->stopped()) flush();
  return taken == messages_per_turn;
}

void ServerChannel::Impl::take(const std::vector<Frame>& frames) {
  if (frames.size() != 3 || !is_lawful_id(frames[0].view())) {
    ++counts.bad_frames;
    return;
  }
  // Without a running ZAP handler libzmq 4.3 admits everybody (enforcing a domain is a draft option
  // there). Such connections have no User-Id, and nothing that they say is heard.
  const auto user = parse_user(frames[1].property("User-Id"));
  if (!user) {
    ++counts.not_admitted;
    return;
  }
  const std::string id(frames[0].view());
  if (!zap.still_allowed(user->public_key)) {
    ++counts.removed_key;
    return;
  }
  if (!owns_id(id, user->public_key)) {
    ++counts.borrowed_id;
    return;
  }
  const auto header = protocol::decode_header(frames[1].view());
  if (!header) {
    const bool other_version = header.error().code() == protocol::errc::version;
    ++(other_version ? counts.version : counts.bad_header);
    if (other_version) tell_version(id, header.error());
    return;
  }
  if (frames[2].view().size() > options.body_bytes_max) {
    ++counts.too_large;
    return;
  }
  if (!guard.admit(id, header->sequence)) {
    ++counts.replayed;
    return;
  }
  ++counts.received;
  on_message({id, user->name, user->role, plain_address(frames[1].property("Peer-Address"))},
             *header, frames[2].view());
}

bool ServerChannel::Impl::owns_id(const std::string& id, const std::string& public_key) {
  if (key_of_id.size() >= peers_max && !key_of_id.contains(id)) key_of_id.clear();
  return key_of_id.try_emplace(id, public_key).first->second == public_key;
}

void ServerChannel::Impl::tell_version(const std::string& id, const Error& error) {
  if (told_version.size() >= peers_max) told_version.clear();
  if (!told_version.insert(id).second) return;
  const protocol::CoordinatorMessage refuse =
      protocol::Refuse{std::string(error.code().text), error.message()};
  auto frames = protocol::encode(refuse, ++sequence);
  outbound[id].push_back({std::move(frames.header), std::move(frames.body)});
}

void ServerChannel::Impl::flush() {
  for (auto peer = outbound.begin(); peer != outbound.end();) {
    auto& [id, queue] = *peer;
    auto sent = Socket::Sent::yes;
    while (!queue.empty()) {
      sent = pump->socket().send({id, queue.front().header, queue.front().body});
      if (sent != Socket::Sent::yes) break;
      ++counts.sent;
      queue.pop_front();
    }
    if (sent == Socket::Sent::unroutable) {
      counts.unroutable += queue.size();
      queue.clear();
    }
    // A peer that cannot take more now keeps its queue; the descriptor wakes us when it can.
    peer = queue.empty() ? outbound.erase(peer) : std::next(peer);
  }
}

bool ServerChannel::Impl::watch() {
  while (const auto event = receive_event(monitor->socket())) {
    ++(event->event == ZMQ_EVENT_ACCEPTED ? counts.accepted : counts.handshakes);
  }
  return false;
}

ServerChannel::ServerChannel(boost::asio::io_context& io, Context& context, ZapHandler& zap,
                             ServerOptions options, OnMessage on_message)
    : impl_(std::make_shared<Impl>(io, context, zap, std::move(options), std::move(on_message))) {}

ServerChannel::~ServerChannel() {
  stop();
}

Result<void> ServerChannel::start() {
  SCANYARD_ASSERT(impl_->pump == nullptr, "a channel starts once");
  if (auto ok = check_endpoint(impl_->options.endpoint, true); !ok) return ok;
  auto socket = impl_->open();
  if (!socket) return propagate(socket);
  // libzmq does not report every failed handshake, but every connection and every success.
  constexpr int events = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
  auto monitor = open_monitor(impl_->context, *socket, events);
  if (!monitor) return propagate(monitor);
  if (zmq_bind(socket->raw(), impl_->options.endpoint.c_str()) != 0) {
    const bool in_use = zmq_errno() == EADDRINUSE;
    return fail(in_use ? errc::address_in_use : errc::socket_failed,
                in_use ? fmt::format("another program listens on {}: end it or choose another port",
                                     impl_->options.endpoint)
                       : fmt::format("cannot listen on {}: {}", impl_->options.endpoint,
                                     Socket::last_error()));
  }
  impl_->endpoint = plain_address(socket->get_text(ZMQ_LAST_ENDPOINT));
  const auto weak = impl_->weak_from_this();
  impl_->pump = std::make_shared<SocketPump>(impl_->io, std::move(*socket), [weak] {
    const auto self = weak.lock();
    return self != nullptr && self->step();
  });
  impl_->monitor = std::make_shared<SocketPump>(impl_->io, std::move(*monitor), [weak] {
    const auto self = weak.lock();
    return self != nullptr && self->watch();
  });
  impl_->pump->start();
  impl_->monitor->start();
  return {};
}

void ServerChannel::stop() {
  if (!impl_->pump || impl_->pump->stopped()) return;
  impl_->flush();
  impl_->monitor->stop();
  impl_->pump->stop(last_words_ms);
}

std::string ServerChannel::endpoint() const {
  return impl_->endpoint;
}

std::uint64_t ServerChannel::send(const std::string& peer_id,
                                  const protocol::CoordinatorMessage& message) {
  return send(peer_id, protocol::kind_of(message), protocol::encode_body(message));
}

std::uint64_t ServerChannel::send(const std::string& peer_id, protocol::Kind kind,
                                  std::string body) {
  SCANYARD_ASSERT(impl_->pump != nullptr, "a channel sends after its start");
  auto& queue = impl_->outbound[peer_id];
  if (impl_->pump->stopped() || queue.size() >= impl_->options.outbound_messages_max) {
    ++impl_->counts.outbound_full;
    return 0;
  }
  queue.push_back({protocol::encode_header({kind, ++impl_->sequence}), std::move(body)});
  impl_->pump->poke();
  return impl_->sequence;
}

void ServerChannel::forget(const std::string& peer_id) {
  impl_->guard.forget(peer_id);
  impl_->key_of_id.erase(peer_id);
  impl_->told_version.erase(peer_id);
}

std::vector<Counter> ServerChannel::counters() const {
  const auto& c = impl_->counts;
  return {
      {"net.received", "messages received", c.received},
      {"net.sent", "messages sent", c.sent},
      {"net.accepted", "connections that were opened, by whomever", c.accepted},
      {"net.handshakes", "connections that proved who they are; the others said nothing",
       c.handshakes},
      {"net.not_admitted", "messages dropped because nobody checked their sender's key",
       c.not_admitted},
      {"net.removed_key", "messages dropped because their key is not listed any more",
       c.removed_key},
      {"net.borrowed_id", "messages dropped because their id belongs to another key",
       c.borrowed_id},
      {"net.unroutable", "messages dropped because their receiver is gone", c.unroutable},
      {"net.outbound_full", "messages dropped because their receiver takes none", c.outbound_full},
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
