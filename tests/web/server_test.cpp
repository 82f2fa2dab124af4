#include "web/server.hpp"

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include "tests/web/http_client.hpp"
#include "tests/web/visitor.hpp"
#include "web/errc.hpp"

namespace scanyard::web {
namespace {

using namespace std::chrono_literals;

ServerOptions options_for_tests() {
  ServerOptions options;
  options.port = 0;
  options.token = right_token;
  options.change_poll_ms = 5;
  return options;
}

struct Served {
  explicit Served(ServerOptions options = options_for_tests())
      : server(Server::start(model, std::move(options)).value()) {}
  FakeReadModel model{FakeReadModel::Content::full};
  std::unique_ptr<Server> server;
};

/// Waits for something that another thread does.
template <class Condition>
void eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (!condition()) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::sleep_for(2ms);
  }
}

TEST_CASE("a page comes over a socket, several on one connection") {
  Served served;
  HttpClient client(served.server->port());
  for (int i = 0; i < 3; ++i) {
    client.ask("GET", "/workers", right_token);
    const auto reply = client.read_reply();
    CHECK(reply.status == 200);
    CHECK(reply.body.find("node7-a1") != std::string::npos);
  }
  CHECK(served.server->counts().requests == 3);
  CHECK(served.server->counts().connections == 1);
}

TEST_CASE("HEAD gives the length of the page without the page") {
  Served served;
  HttpClient client(served.server->port());
  client.ask("GET", "/coordinator", right_token);
  const auto page = client.read_reply();
  client.ask("HEAD", "/coordinator", right_token);
  const auto head = client.read_reply(true);
  CHECK(head.status == 200);
  CHECK(head.head == page.head);
  // The next reply starts right after the header: no body came.
  client.ask("GET", "/nowhere", right_token);
  CHECK(client.read_reply().status == 404);
}

TEST_CASE("requests that are sent ahead are answered in their order") {
  Served served;
  HttpClient client(served.server->port());
  client.ask("GET", "/nowhere", right_token);
  client.ask("GET", "/workers", right_token);
  client.ask("GET", "/", "wrong");
  CHECK(client.read_reply().status == 404);
  CHECK(client.read_reply().status == 200);
  CHECK(client.read_reply().status == 401);
}

TEST_CASE("a page that is known is answered with 304 and no body") {
  Served served;
  HttpClient client(served.server->port());
  client.ask("GET", "/coordinator", right_token);
  const auto page = client.read_reply();
  const std::size_t at = page.head.find("ETag: ") + 6;
  const std::string tag = page.head.substr(at, page.head.find("\r\n", at) - at);
  client.ask("GET", "/coordinator", right_token, "If-None-Match: " + tag + "\r\n");
  CHECK(client.read_reply().status == 304);
  client.ask("GET", "/workers", right_token);
  CHECK(client.read_reply().status == 200);
}

TEST_CASE("a request with a body is refused and the connection ends, whatever the method") {
  Served served;
  const auto ask = [&](const std::string& method, const std::string& more) {
    HttpClient client(served.server->port());
    client.ask(method, "/", right_token, more);
    client.send("GET / HTTP/1.1\r\n");
    return client.read_to_end();
  };
  CHECK(ask("GET", "Content-Length: 16\r\n").find("HTTP/1.1 413 ") == 0);
  CHECK(ask("GET", "Transfer-Encoding: chunked\r\n").find("HTTP/1.1 413 ") == 0);
  CHECK(ask("POST", "Content-Length: 16\r\n").find("HTTP/1.1 405 ") == 0);
  CHECK(ask("POST", "Content-Length: 99999999999\r\n").find("HTTP/1.1 405 ") == 0);
}

TEST_CASE("a header that is too large is refused") {
  Served served;
  HttpClient client(served.server->port());
  client.ask("GET", "/", right_token, "X-Long: " + std::string(20'000, 'x') + "\r\n");
  CHECK(client.read_to_end().find("HTTP/1.1 431 ") == 0);
}

TEST_CASE("what is not HTTP is refused, and the server goes on") {
  Served served;
  for (const std::string& garbage :
       {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 TLS hello\r\n\r\n"),
        std::string("GET\r\n\r\n"), std::string("GET / HTTP/9.9\r\n\r\n"),
        std::string("\0\0\0\0\r\n\r\n", 8), std::string("GET / HTTP/1.1\r\nBad Header\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n")}) {
    HttpClient client(served.server->port());
    client.send(garbage);
    CHECK(client.read_to_end().find("HTTP/1.1 400 ") == 0);
  }
  HttpClient client(served.server->port());
  client.ask("GET", "/", right_token);
  CHECK(client.read_reply().status == 200);
}

TEST_CASE("a slow or silent sender is cut off") {
  ServerOptions options = options_for_tests();
  options.request_timeout_ms = 50;
  options.idle_timeout_ms = 50;
  Served served(options);
  HttpClient silent(served.server->port()), slow(served.server->port());
  slow.send("GET / HTTP/1.1\r\nHost: loc");
  CHECK(silent.read_to_end().empty());
  CHECK(slow.read_to_end().empty());
  eventually([&] { return served.server->counts().connections_open == 0; });
}

TEST_CASE("one who sends a byte now and then is cut off too: the time is for the whole header") {
  ServerOptions options = options_for_tests();
  options.request_timeout_ms = 200;
  Served served(options);
  HttpClient slow(served.server->port());
  slow.send("GET / HTTP/1.1\r\nX: ");
  std::atomic<bool> ended{false};
  std::thread sender([&] {
    while (!ended) {
      slow.try_send("y");
      std::this_thread::sleep_for(10ms);
    }
  });
  eventually([&] {
    const auto counts = served.server->counts();
    return counts.connections == 1 && counts.connections_open == 0;
  });
  ended = true;
  sender.join();
  CHECK(served.server->counts().requests == 0);
}

TEST_CASE("one who asks and never reads is cut off") {
  ServerOptions options = options_for_tests();
  options.send_timeout_ms = 200;
  Served served(options);
  HttpClient client(served.server->port());
  std::atomic<bool> ended{false};
  // Requests are sent ahead until their answers fill every buffer between the two.
  std::thread asker([&] {
    while (!ended && client.try_send("GET /sweeps/1 HTTP/1.1\r\nHost: localhost\r\n"
                                     "Authorization: Bearer " +
                                     right_token + "\r\n\r\n")) {
    }
  });
  eventually([&] {
    const auto counts = served.server->counts();
    return counts.requests > 0 && counts.connections_open == 0;
  });
  ended = true;
  asker.join();
  HttpClient next(served.server->port());
  next.ask("GET", "/workers", right_token);
  CHECK(next.read_reply().status == 200);
}

TEST_CASE("the page listens on this machine alone unless told otherwise") {
  CHECK(ServerOptions().bind_address == "127.0.0.1");
  Served served;
  CHECK(served.server->address().starts_with("http://127.0.0.1:"));
}

TEST_CASE("one connection more than allowed is closed, and there is room again when one ends") {
  ServerOptions options = options_for_tests();
  options.connections_max = 2;
  Served served(options);
  auto first = std::make_unique<HttpClient>(served.server->port());
  HttpClient second(served.server->port());
  eventually([&] { return served.server->counts().connections_open == 2; });
  HttpClient third(served.server->port());
  CHECK(third.read_to_end().empty());
  CHECK(served.server->counts().connections_refused == 1);
  first.reset();
  eventually([&] { return served.server->counts().connections_open == 1; });
  HttpClient fourth(served.server->port());
  fourth.ask("GET", "/", right_token);
  CHECK(fourth.read_reply().status == 200);
}

TEST_CASE("an event stream says at once what a page has missed, then every change") {
  Served served;
  const auto number = served.model.change_number();
  HttpClient late(served.server->port()), up_to_date(served.server->port());
  late.ask("GET", fmt::format("/events?since={}", number - 1), right_token);
  const std::string head = late.read_until("\r\n\r\n");
  CHECK(head.find("HTTP/1.1 200") == 0);
  CHECK(head.find("Content-Type: text/event-stream") != std::string::npos);
  CHECK(late.read_until("\n\n") == fmt::format("id: {0}\nevent: changed\ndata: {0}\n\n", number));
  up_to_date.ask("GET", fmt::format("/events?since={}", number), right_token);
  up_to_date.read_until("\r\n\r\n");
  served.model.finish_runs(1);
  const std::string event = fmt::format("id: {0}\nevent: changed\ndata: {0}\n\n", number + 1);
  CHECK(late.read_until("\n\n") == event);
  CHECK(up_to_date.read_until("\n\n") == event);
}

TEST_CASE("an event stream that is idle says that it is alive, and one that ends is noticed") {
  ServerOptions options = options_for_tests();
  options.event_keepalive_ms = 10;
  Served served(options);
  {
    HttpClient client(served.server->port());
    client.ask("GET", fmt::format("/events?since={}", served.model.change_number()), right_token);
    client.read_until("\r\n\r\n");
    CHECK(client.read_until("\n\n") == ": still here\n\n");
    CHECK(served.server->counts().event_streams_open == 1);
  }
  eventually([&] { return served.server->counts().event_streams_open == 0; });
}

TEST_CASE("one event stream more than allowed is told so") {
  ServerOptions options = options_for_tests();
  options.event_streams_max = 1;
  Served served(options);
  HttpClient first(served.server->port()), second(served.server->port());
  first.ask("GET", "/events", right_token);
  first.read_until("\n\n");
  second.ask("GET", "/events", right_token);
  CHECK(second.read_reply().status == 503);
}

TEST_CASE("event streams need the token") {
  Served served;
  HttpClient client(served.server->port());
  client.ask("GET", "/events", "wrong");
  CHECK(client.read_reply().status == 401);
  CHECK(served.server->counts().event_streams_open == 0);
}

TEST_CASE("stopping ends open connections and event streams and frees the port") {
  Served served;
  const std::uint16_t port = served.server->port();
  HttpClient idle(port), listening(port);
  listening.ask("GET", fmt::format("/events?since={}", served.model.change_number()), right_token);
  listening.read_until("\r\n\r\n");
  eventually([&] { return served.server->counts().connections_open == 2; });
  served.server->stop();
  CHECK(idle.read_to_end().empty());
  CHECK(listening.read_to_end().empty());
  CHECK(served.server->counts().connections_open == 0);
  served.server->stop();  // again: nothing left to do
  ServerOptions options = options_for_tests();
  options.port = port;
  CHECK(Server::start(served.model, options).has_value());
}

TEST_CASE("a port in use, a foreign address and a bad token each give one clear error") {
  Served served;
  FakeReadModel model(FakeReadModel::Content::nothing);
  const auto error_of = [&](auto change) {
    ServerOptions options = options_for_tests();
    change(options);
    auto started = Server::start(model, options);
    REQUIRE_FALSE(started.has_value());
    return started.error();
  };
  const Error in_use = error_of([&](auto& options) { options.port = served.server->port(); });
  CHECK(in_use.code() == errc::port_in_use);
  CHECK(in_use.message().find(fmt::format("127.0.0.1:{}", served.server->port())) !=
        std::string::npos);
  CHECK(error_of([](auto& o) { o.bind_address = "localhost"; }).code() == errc::bad_address);
  CHECK(error_of([](auto& o) { o.bind_address = "192.0.2.1"; }).code() == errc::bad_address);
  CHECK(error_of([](auto& o) { o.token = "short"; }).code() == errc::bad_token);
  CHECK(error_of([](auto& o) { o.token = ""; }).code() == errc::bad_token);
  CHECK(error_of([](auto& o) { o.connections_max = 0; }).code() == errc::bad_option);
  CHECK(error_of([](auto& o) { o.idle_timeout_ms = 0; }).code() == errc::bad_option);
}

TEST_CASE("the address holds the real port, and the token only where it is asked for") {
  Served served;
  const std::string plain = fmt::format("http://127.0.0.1:{}/", served.server->port());
  CHECK(served.server->port() != 0);
  CHECK(served.server->address() == plain);
  CHECK(served.server->address_with_token() == plain + "?token=" + right_token);
}

TEST_CASE("new tokens are usable and all different") {
  std::set<std::string> tokens;
  for (int i = 0; i < 100; ++i) {
    tokens.insert(random_token());
    CHECK(token_is_usable(*tokens.begin()));
  }
  CHECK(tokens.size() == 100);
  CHECK(tokens.begin()->size() == 48);
}

/// Throws, as a library deep below might.
class ThrowingModel : public FakeReadModel {
 public:
  using FakeReadModel::FakeReadModel;
  Result<std::vector<WorkerStatus>> workers() override { throw std::runtime_error("deep trouble"); }
};

TEST_CASE("an exception in the read model becomes a page without details, and a line for the log") {
  ThrowingModel model(FakeReadModel::Content::full);
  std::atomic<int> lines = 0;
  ServerOptions options = options_for_tests();
  options.on_trouble = [&](const std::string& line) {
    if (line == "making a page: deep trouble") ++lines;
  };
  auto server = Server::start(model, options).value();
  HttpClient client(server->port());
  client.ask("GET", "/workers", right_token);
  const auto reply = client.read_reply();
  CHECK(reply.status == 500);
  CHECK(reply.body.find("deep") == std::string::npos);
  CHECK(lines == 1);
  client.ask("GET", "/coordinator", right_token);
  CHECK(client.read_reply().status == 200);
}

TEST_CASE("many clients at once get what they asked for while the data change", "[ci]") {
  Served served;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> clients;
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&, c] {
      for (int i = 0; i < 20; ++i) {
        const bool missing = (c + i) % 3 == 0;
        try {
          HttpClient client(served.server->port());
          client.ask("GET", missing ? "/sweeps/99" : "/sweeps/2", right_token);
          const auto reply = client.read_reply();
          const bool whole = reply.body.find("</html>") != std::string::npos;
          if (reply.status != (missing ? 404 : 200) || !whole) ++wrong;
        } catch (const std::runtime_error&) {
          ++wrong;
        }
        if (c == 0) served.model.finish_runs(1);
      }
    });
  }
  for (auto& client : clients)
    client.join();
  CHECK(wrong == 0);
  CHECK(served.server->counts().requests == 160);
}

}  // namespace
}  // namespace scanyard::web
