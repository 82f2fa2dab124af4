//! A server and clients on loopback, driven by one io_context until something has happened.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/net/client_channel.hpp"
#include "common/net/server_channel.hpp"
#include "common/net/zap_handler.hpp"
#include "common/net/zmq_socket.hpp"

namespace scanyard::net::testing {

/// Runs the loop until `done` or 30 s have passed; true when it is done.
inline bool run_until(boost::asio::io_context& io, const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    io.restart();
    io.run_one_for(std::chrono::milliseconds(50));
  }
  return true;
}

inline std::uint64_t count(const std::vector<Counter>& counters, const std::string& name) {
  for (const auto& counter : counters) {
    if (counter.name == name) return counter.value;
  }
  throw std::runtime_error("no counter " + name);
}

struct Received {
  Peer peer;
  protocol::Header header;
  std::string body;
};

/// A server that lists the keys of `worker` and `other`, and keeps what it receives.
class TestServer {
 public:
  explicit TestServer(boost::asio::io_context& io, std::string endpoint = "tcp://127.0.0.1:0",
                      ServerOptions options = {})
      : io_(io), options_(std::move(options)) {
    options_.key = key;
    options_.endpoint = std::move(endpoint);
    start();
  }
  void start() {
    AllowList list = AllowList::of({{"node1", Role::worker, worker.public_key, ""},
                                    {"other", Role::client, other.public_key, ""}});
    // A context of its own, as a new process has: the old one's sockets are all gone by then.
    context = std::make_unique<Context>();
    zap = std::make_unique<ZapHandler>(io_, *context, std::move(list),
                                       [this](const std::string& line) { lines.push_back(line); });
    if (auto ok = zap->start(); !ok) throw std::runtime_error(ok.error().to_string());
    channel = std::make_unique<ServerChannel>(
        io_, *context, *zap, options_,
        [this](const Peer& peer, const protocol::Header& header, std::string_view body) {
          received.push_back({peer, header, std::string(body)});
          if (on_message) on_message(received.back());
        });
    if (auto ok = channel->start(); !ok) throw std::runtime_error(ok.error().to_string());
    options_.endpoint = channel->endpoint();
  }
  /// Gone without a word, as after kill -9; start() brings it back on the same port.
  void stop() {
    channel.reset();
    zap.reset();
    context.reset();
  }
  std::uint64_t counter(const std::string& name) const {
    auto all = channel->counters();
    for (auto& one : zap->counters())
      all.push_back(one);
    return count(all, name);
  }
  std::string endpoint() const { return options_.endpoint; }

  inline static const KeyPair key = generate_key_pair();
  inline static const KeyPair worker = generate_key_pair();
  inline static const KeyPair other = generate_key_pair();

  std::unique_ptr<Context> context;
  std::unique_ptr<ZapHandler> zap;
  std::unique_ptr<ServerChannel> channel;
  std::vector<Received> received;
  std::vector<std::string> lines;
  std::function<void(const Received&)> on_message;

 private:
  boost::asio::io_context& io_;
  ServerOptions options_;
};

class TestClient {
 public:
  TestClient(boost::asio::io_context& io, const std::string& endpoint,
             const KeyPair& pair = TestServer::worker,
             const std::string& server_key = TestServer::key.public_key) {
    ClientOptions options;
    options.endpoint = endpoint;
    options.server_key = server_key;
    options.key = pair;
    options.instance = random_id();
    options.reconnect_first = {20};
    options.reconnect_max = {100};
    channel = std::make_unique<ClientChannel>(
        io, context, options,
        [this](const protocol::Header& header, std::string_view body) {
          received.push_back({{}, header, std::string(body)});
        },
        [this](Link link, const std::string& why) {
          links.push_back({link, why});
        },
        [this](const Error& error) { dropped.push_back(error); });
    if (auto ok = channel->start(); !ok) throw std::runtime_error(ok.error().to_string());
  }
  bool connected() const { return channel->link() == Link::connected; }

  struct Change {
    Link link;
    std::string why;
  };
  Context context;
  std::unique_ptr<ClientChannel> channel;
  std::vector<Received> received;
  std::vector<Change> links;
  std::vector<Error> dropped;
};

/// A listed key in the hands of a program that sends whatever it likes.
class RawClient {
 public:
  explicit RawClient(const std::string& endpoint, const KeyPair& pair = TestServer::worker,
                     const std::string& id = random_id())
      : socket_(Socket::open(context_, ZMQ_DEALER).value()) {
    socket_.set(ZMQ_CURVE_SERVERKEY, TestServer::key.public_key);
    socket_.set(ZMQ_CURVE_PUBLICKEY, pair.public_key);
    socket_.set(ZMQ_CURVE_SECRETKEY, pair.secret_key);
    if (!id.empty()) socket_.set(ZMQ_ROUTING_ID, id);
    zmq_connect(socket_.raw(), endpoint.c_str());
  }
  void send(std::initializer_list<std::string_view> frames) { socket_.send(frames); }
  Socket& socket() { return socket_; }

 private:
  Context context_;
  Socket socket_;
};

}  // namespace scanyard::net::testing
