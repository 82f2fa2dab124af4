//! A listed key that sends garbage: dropped, counted, and nobody else notices.
#include <catch2/catch_test_macros.hpp>

#include "common/protocol/codec.hpp"
#include "tests/net/loopback.hpp"

namespace scanyard::net {
namespace {

using testing::RawClient;
using testing::run_until;
using testing::TestClient;
using testing::TestServer;

std::string header(std::uint64_t sequence) {
  return protocol::encode_header({protocol::Kind::bye, sequence});
}

TEST_CASE("messages of the wrong shape are dropped and counted, and the connection stays") {
  boost::asio::io_context io;
  TestServer server(io);
  RawClient client(server.endpoint());
  client.send({"one frame"});
  client.send({header(1), "\xA0", "a third frame"});
  client.send({"GET / HTTP/1.1", "Host: x"});
  client.send({"", ""});
  client.send({header(2), "good"});
  REQUIRE(run_until(io, [&] { return server.received.size() == 1; }));
  CHECK(server.received[0].body == "good");
  CHECK(server.counter("protocol.bad_frames") == 2);
  CHECK(server.counter("protocol.bad_header") == 2);
}

TEST_CASE("a million-frame message is one bad message") {
  boost::asio::io_context io;
  TestServer server(io);
  RawClient client(server.endpoint());
  for (int i = 0; i < 100'000; ++i)
    zmq_send(client.socket().raw(), "x", 1, ZMQ_SNDMORE);
  zmq_send(client.socket().raw(), "x", 1, 0);
  client.send({header(1), "good"});
  REQUIRE(run_until(io, [&] { return server.received.size() == 1; }));
  CHECK(server.counter("protocol.bad_frames") == 1);
}

TEST_CASE("a body above the limit is dropped and counted") {
  boost::asio::io_context io;
  ServerOptions options;
  options.body_bytes_max = 1000;
  TestServer server(io, "tcp://127.0.0.1:0", options);
  RawClient client(server.endpoint());
  client.send({header(1), std::string(1001, 'x')});
  client.send({header(2), std::string(1000, 'x')});
  REQUIRE(run_until(io, [&] { return server.received.size() == 1; }));
  CHECK(server.received[0].header.sequence == 2);
  CHECK(server.counter("protocol.too_large") == 1);
}

TEST_CASE(
    "a frame far above the limit costs its sender the connection, not the server its memory") {
  boost::asio::io_context io;
  ServerOptions options;
  options.body_bytes_max = 1000;
  TestServer server(io, "tcp://127.0.0.1:0", options);
  RawClient client(server.endpoint());
  TestClient neighbour(io, server.endpoint());
  REQUIRE(run_until(io, [&] { return neighbour.connected(); }));
  client.send({header(1), std::string(100'000, 'x')});
  const auto back_again = [&] {
    client.send({header(2), "good"});
    return !server.received.empty();
  };
  REQUIRE(run_until(io, back_again));
  CHECK(server.received[0].body == "good");
  CHECK(neighbour.links.size() == 1);
}

TEST_CASE("another protocol version is dropped, counted, and told once which version we speak") {
  boost::asio::io_context io;
  TestServer server(io);
  RawClient client(server.endpoint());
  std::string newer = header(1);
  newer[5] = 9;
  client.send({newer, "\xA0"});
  client.send({newer, "\xA0"});
  std::optional<std::vector<Frame>> answer;
  REQUIRE(run_until(io, [&] {
    if (!answer) answer = client.socket().receive(2);
    return answer && server.counter("protocol.version") == 2;
  }));
  const auto kind = protocol::decode_header((*answer)[0].view())->kind;
  const auto refuse = protocol::decode_coordinator_message(kind, (*answer)[1].view());
  REQUIRE(refuse);
  CHECK(std::get<protocol::Refuse>(*refuse).code == "protocol.version");
  CHECK(std::get<protocol::Refuse>(*refuse).message.find("version 9") != std::string::npos);
  CHECK(server.counter("net.sent") == 1);
}

TEST_CASE("a replayed message is dropped and counted") {
  boost::asio::io_context io;
  TestServer server(io);
  RawClient client(server.endpoint());
  for (const std::uint64_t sequence : {1, 2, 2, 1, 3})
    client.send({header(sequence), "x"});
  REQUIRE(run_until(io, [&] { return server.received.size() == 3; }));
  CHECK(server.counter("protocol.replayed") == 2);
}

TEST_CASE("a replay over a new connection of the same process is dropped too") {
  boost::asio::io_context io;
  TestServer server(io);
  const std::string id = random_id();
  {
    RawClient first(server.endpoint(), TestServer::worker, id);
    first.send({header(5), "x"});
    REQUIRE(run_until(io, [&] { return server.received.size() == 1; }));
  }
  RawClient second(server.endpoint(), TestServer::worker, id);
  second.send({header(5), "x"});
  second.send({header(6), "x"});
  REQUIRE(run_until(io, [&] { return server.received.size() == 2; }));
  CHECK(server.received[1].header.sequence == 6);
  CHECK(server.counter("protocol.replayed") == 1);
}

TEST_CASE("a key cannot speak under the id of another key's process") {
  boost::asio::io_context io;
  TestServer server(io);
  const std::string id = random_id();
  RawClient owner(server.endpoint(), TestServer::worker, id);
  owner.send({header(1), "x"});
  REQUIRE(run_until(io, [&] { return server.received.size() == 1; }));
  RawClient thief(server.endpoint(), TestServer::other, id);
  thief.send({header(2), "x"});
  REQUIRE(run_until(io, [&] { return server.counter("net.borrowed_id") == 1; }));
  CHECK(server.received.size() == 1);
}

TEST_CASE("a process without a proper id is not heard") {
  boost::asio::io_context io;
  TestServer server(io);
  RawClient nameless(server.endpoint(), TestServer::worker, "");
  nameless.send({header(1), "x"});
  RawClient odd(server.endpoint(), TestServer::worker, "<script>");
  odd.send({header(1), "x"});
  REQUIRE(run_until(io, [&] { return server.counter("protocol.bad_frames") == 2; }));
  CHECK(server.received.empty());
}

TEST_CASE("a client drops what a broken server sends, and says so") {
  boost::asio::io_context io;
  TestServer server(io);
  TestClient client(io, server.endpoint());
  REQUIRE(run_until(io, [&] { return client.connected(); }));
  client.channel->send(protocol::Bye{"here"});
  REQUIRE(run_until(io, [&] { return server.received.size() == 1; }));
  const std::string id = server.received[0].peer.id;
  server.channel->send(id, protocol::Kind::client_reply_first, std::string(10, 'x'));
  REQUIRE(run_until(io, [&] { return client.received.size() == 1; }));
  server.stop();

  // A server of the same key that speaks another version.
  Context context;
  ZapHandler zap(io, context,
                 AllowList::of({{"node1", Role::worker, TestServer::worker.public_key, ""}}), {});
  REQUIRE(zap.start());
  Socket router = Socket::open(context, ZMQ_ROUTER).value();
  router.set(ZMQ_CURVE_SERVER, 1);
  router.set(ZMQ_CURVE_SECRETKEY, TestServer::key.secret_key);
  router.set(ZMQ_ZAP_DOMAIN, std::string(zap_domain));
  router.set(ZMQ_ROUTER_MANDATORY, 1);
  REQUIRE(zmq_bind(router.raw(), server.endpoint().c_str()) == 0);
  std::string newer = header(1);
  newer[5] = 2;
  REQUIRE(run_until(io, [&] { return router.send({id, newer, "x"}) == Socket::Sent::yes; }));
  router.send({id, "bad"});
  REQUIRE(run_until(
      io, [&] { return testing::count(client.channel->counters(), "protocol.bad_frames") == 1; }));
  REQUIRE(client.dropped.size() == 1);
  CHECK(client.dropped[0].code().text == "protocol.version");
  CHECK(client.received.size() == 1);
}

}  // namespace
}  // namespace scanyard::net
