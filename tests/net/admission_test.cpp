//! Who is let in: CURVE keys, the allow-list, and what a stranger or a wrong key sees.
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch_test_macros.hpp>

#include "common/net/errc.hpp"
#include "common/net/secret_file.hpp"
#include "tests/net/loopback.hpp"
#include "tests/support/temporary_folder.hpp"

namespace scanyard::net {
namespace {

using testing::run_until;
using testing::TestClient;
using testing::TestServer;

TEST_CASE("a key that is not listed is refused and counted, and its owner is told") {
  boost::asio::io_context io;
  TestServer server(io);
  const KeyPair stranger = generate_key_pair();
  TestClient client(io, server.endpoint(), stranger);
  REQUIRE(run_until(io, [&] { return client.channel->link() == Link::refused; }));
  CHECK(client.links.size() == 1);
  CHECK(client.links[0].why.find("scanyard key add") != std::string::npos);
  CHECK(client.links[0].why.find(stranger.public_key) != std::string::npos);
  CHECK(server.counter("net.unknown_key") >= 1);
  CHECK(server.counter("net.admitted") == 0);
  CHECK(client.channel->send(protocol::Bye{"x"}) == 0);
  REQUIRE(server.lines.size() == 1);
  CHECK(server.lines[0].find(stranger.public_key) != std::string::npos);
}

TEST_CASE("a client that expects another server key finds the wrong server") {
  boost::asio::io_context io;
  TestServer server(io);
  TestClient client(io, server.endpoint(), TestServer::worker, generate_key_pair().public_key);
  REQUIRE(run_until(io, [&] { return client.channel->link() == Link::wrong_server; }));
  CHECK(client.links.size() == 1);
  CHECK(client.links[0].why.find("server key") != std::string::npos);
  REQUIRE(run_until(io, [&] { return server.counter("net.accepted") >= 1; }));
  CHECK(server.counter("net.handshakes") == 0);
  CHECK(server.received.empty());
}

TEST_CASE(
    "a key that is listed later is let in by the running server, one that is removed is shut out") {
  boost::asio::io_context io;
  const scanyard::testing::TemporaryFolder folder;
  const auto file = folder.path() / "allowed.yaml";
  REQUIRE(add_allowed_key(file, {"first", Role::client, TestServer::other.public_key, "today"}));
  Context context;
  ZapHandler zap(io, context, AllowList::load(file).value(), {});
  REQUIRE(zap.start());
  int received = 0;
  ServerOptions options;
  options.endpoint = "tcp://127.0.0.1:0";
  options.key = TestServer::key;
  ServerChannel server(io, context, zap, options,
                       [&](const Peer&, const protocol::Header&, std::string_view) { ++received; });
  REQUIRE(server.start());
  TestClient client(io, server.endpoint());
  REQUIRE(run_until(io, [&] { return client.channel->link() == Link::refused; }));

  REQUIRE(add_allowed_key(file, {"node1", Role::worker, TestServer::worker.public_key, "today"}));
  REQUIRE(run_until(io, [&] { return client.connected(); }));
  client.channel->send(protocol::Bye{"1"});
  REQUIRE(run_until(io, [&] { return received == 1; }));

  REQUIRE(remove_allowed_key(file, "node1"));
  REQUIRE(run_until(io, [&] { return !zap.still_allowed(TestServer::worker.public_key); }));
  client.channel->send(protocol::Bye{"2"});
  REQUIRE(run_until(io, [&] { return testing::count(server.counters(), "net.removed_key") == 1; }));
  CHECK(received == 1);
}

TEST_CASE("a list that becomes unreadable stays in force as it was") {
  boost::asio::io_context io;
  const scanyard::testing::TemporaryFolder folder;
  const auto file = folder.path() / "allowed.yaml";
  REQUIRE(add_allowed_key(file, {"node1", Role::worker, TestServer::worker.public_key, "today"}));
  Context context;
  std::vector<std::string> lines;
  ZapHandler zap(io, context, AllowList::load(file).value(),
                 [&](const std::string& line) { lines.push_back(line); });
  REQUIRE(zap.start());
  REQUIRE(write_whole_file(file, "allowed: [oops", secret_mode, Existing::replace));
  REQUIRE(run_until(io, [&] { return !lines.empty(); }));
  CHECK(lines[0].find("the earlier list stays in force") != std::string::npos);
  CHECK(zap.still_allowed(TestServer::worker.public_key));
}

TEST_CASE("while nobody checks keys, nothing is heard") {
  boost::asio::io_context io;
  TestServer server(io);
  server.zap->stop();
  testing::RawClient client(server.endpoint());
  const auto header = protocol::encode_header({protocol::Kind::bye, 1});
  const auto ignored = [&] {
    client.send({header, "\xA0"});
    return server.counter("net.not_admitted") > 0;
  };
  REQUIRE(run_until(io, ignored));
  CHECK(server.received.empty());
}

TEST_CASE("a second handler in one context is an error, not a second opinion") {
  boost::asio::io_context io;
  TestServer server(io);
  ZapHandler second(io, *server.context, AllowList::of({}), {});
  CHECK(second.start().error().code() == errc::socket_failed);
}

TEST_CASE("a program that speaks no ZeroMQ does no harm and is counted") {
  boost::asio::io_context io;
  TestServer server(io);
  boost::asio::ip::tcp::socket stranger(io);
  const auto port = std::stoi(server.endpoint().substr(server.endpoint().rfind(':') + 1));
  stranger.connect(
      {boost::asio::ip::make_address("127.0.0.1"), static_cast<boost::asio::ip::port_type>(port)});
  boost::asio::write(stranger,
                     boost::asio::buffer(std::string("GET / HTTP/1.1\r\nHost: x\r\n\r\n")));
  REQUIRE(run_until(io, [&] { return server.counter("net.accepted") == 1; }));
  TestClient client(io, server.endpoint());
  REQUIRE(run_until(io, [&] { return client.connected(); }));
  REQUIRE(run_until(io, [&] { return server.counter("net.accepted") == 2; }));
  CHECK(server.counter("net.handshakes") == 1);
}

}  // namespace
}  // namespace scanyard::net
