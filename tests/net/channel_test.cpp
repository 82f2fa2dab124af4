//! Both channels together, with real sockets on loopback.
#include <catch2/catch_test_macros.hpp>

#include "common/net/errc.hpp"
#include "common/protocol/codec.hpp"
#include "tests/net/loopback.hpp"

namespace scanyard::net {
namespace {

using testing::run_until;
using testing::TestClient;
using testing::TestServer;

TEST_CASE("a message goes there and an answer comes back") {
  boost::asio::io_context io;
  TestServer server(io);
  TestClient client(io, server.endpoint());
  server.on_message = [&](const testing::Received& received) {
    server.channel->send(received.peer.id, protocol::Who{{3}});
  };
  REQUIRE(run_until(io, [&] { return client.connected(); }));
  CHECK(client.channel->send(protocol::Bye{"done"}) == 1);
  REQUIRE(run_until(io, [&] { return !client.received.empty(); }));

  REQUIRE(server.received.size() == 1);
  const auto& at_server = server.received[0];
  CHECK(at_server.peer.key_name == "node1");
  CHECK(at_server.peer.role == Role::worker);
  CHECK(at_server.peer.address == "127.0.0.1");
  CHECK(server.endpoint().starts_with("tcp://127.0.0.1:"));
  const auto bye = protocol::decode_worker_message(at_server.header.kind, at_server.body);
  REQUIRE(bye);
  CHECK(std::get<protocol::Bye>(*bye).reason == "done");
  const auto& at_client = client.received[0];
  const auto who = protocol::decode_coordinator_message(at_client.header.kind, at_client.body);
  REQUIRE(who);
  CHECK(std::get<protocol::Who>(*who).epoch.value == 3);
}

TEST_CASE("ten thousand messages arrive once each and in order") {
  boost::asio::io_context io;
  TestServer server(io);
  TestClient client(io, server.endpoint());
  REQUIRE(run_until(io, [&] { return client.connected(); }));
  std::int64_t sent = 0;
  const auto all_there = [&] {
    while (sent < 10'000 && client.channel->send(protocol::Want{{sent}, 1}) != 0)
      ++sent;
    return server.received.size() >= 10'000;
  };
  REQUIRE(run_until(io, all_there));
  bool in_order = true;
  for (std::size_t i = 0; i < server.received.size(); ++i) {
    in_order = in_order && server.received[i].header.sequence == i + 1;
  }
  CHECK(in_order);
  CHECK(server.counter("net.received") == 10'000);
}

TEST_CASE("many clients are told apart and answered each by its own name") {
  boost::asio::io_context io;
  TestServer server(io);
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 8; ++i)
    clients.push_back(std::make_unique<TestClient>(io, server.endpoint()));
  server.on_message = [&](const testing::Received& received) {
    server.channel->send(received.peer.id, protocol::Kind::client_reply_first, received.body);
  };
  for (std::size_t i = 0; i < clients.size(); ++i) {
    REQUIRE(run_until(io, [&] { return clients[i]->connected(); }));
    clients[i]->channel->send(protocol::Kind::client_request_first, "from " + std::to_string(i));
  }
  for (std::size_t i = 0; i < clients.size(); ++i) {
    REQUIRE(run_until(io, [&] { return !clients[i]->received.empty(); }));
    CHECK(clients[i]->received[0].body == "from " + std::to_string(i));
  }
}

TEST_CASE(
    "a client without a server says once that it is unreachable, and connects when it comes") {
  boost::asio::io_context io;
  std::string endpoint;
  {
    const TestServer gone(io);
    endpoint = gone.endpoint();
  }
  TestClient client(io, endpoint);
  REQUIRE(run_until(io, [&] { return !client.links.empty(); }));
  CHECK(client.links[0].link == Link::unreachable);
  CHECK(client.links[0].why.find(endpoint) != std::string::npos);
  CHECK(client.channel->send(protocol::Bye{"x"}) == 0);
  const auto later = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
  run_until(io, [&] { return std::chrono::steady_clock::now() > later; });
  CHECK(client.links.size() == 1);

  TestServer server(io, endpoint);
  REQUIRE(run_until(io, [&] { return client.connected(); }));
  CHECK(client.links.size() == 2);
}

TEST_CASE("a client comes back to a restarted server under the same id") {
  boost::asio::io_context io;
  TestServer server(io);
  TestClient client(io, server.endpoint());
  REQUIRE(run_until(io, [&] { return client.connected(); }));
  client.channel->send(protocol::Bye{"1"});
  REQUIRE(run_until(io, [&] { return server.received.size() == 1; }));
  server.stop();
  REQUIRE(run_until(io, [&] { return client.channel->link() == Link::unreachable; }));
  server.start();
  REQUIRE(run_until(io, [&] { return client.connected(); }));
  client.channel->send(protocol::Bye{"2"});
  REQUIRE(run_until(io, [&] { return server.received.size() == 2; }));
  CHECK(server.received[0].peer.id == server.received[1].peer.id);
  CHECK(server.received[1].header.sequence > server.received[0].header.sequence);
  server.channel->send(server.received[1].peer.id, protocol::Who{{1}});
  REQUIRE(run_until(io, [&] { return client.received.size() == 1; }));
  CHECK(testing::count(client.channel->counters(), "net.reconnects") == 1);
}

TEST_CASE("last words are sent when a client stops") {
  boost::asio::io_context io;
  TestServer server(io);
  auto client = std::make_unique<TestClient>(io, server.endpoint());
  REQUIRE(run_until(io, [&] { return client->connected(); }));
  client->channel->send(protocol::Bye{"last"});
  client.reset();
  REQUIRE(run_until(io, [&] { return server.received.size() == 1; }));
}

TEST_CASE("a message to a peer that is gone is counted, not lost unseen") {
  boost::asio::io_context io;
  TestServer server(io);
  server.channel->send("nobody", protocol::Who{{1}});
  REQUIRE(run_until(io, [&] { return server.counter("net.unroutable") == 1; }));
}

TEST_CASE("a port in use is one clear error") {
  boost::asio::io_context io;
  TestServer first(io);
  try {
    TestServer second(io, first.endpoint());
    FAIL("two servers on one port");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()).find("another program listens on " + first.endpoint()) !=
          std::string::npos);
  }
}

TEST_CASE("a peer that takes nothing has a queue with an upper limit") {
  boost::asio::io_context io;
  ServerOptions options;
  options.outbound_messages_max = 16;
  TestServer server(io, "tcp://127.0.0.1:0", options);
  TestClient client(io, server.endpoint());
  REQUIRE(run_until(io, [&] { return client.connected(); }));
  client.channel->send(protocol::Bye{"here"});
  REQUIRE(run_until(io, [&] { return server.received.size() == 1; }));
  int taken = 0;
  for (int i = 0; i < 20; ++i) {
    taken += server.channel->send(server.received[0].peer.id, protocol::Who{{i}}) != 0;
  }
  CHECK(taken == 16);
  CHECK(server.counter("net.outbound_full") == 4);
  REQUIRE(run_until(io, [&] { return client.received.size() == 16; }));
}

}  // namespace
}  // namespace scanyard::net
