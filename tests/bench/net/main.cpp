//! Messages per second through both channels on loopback (CURVE, one process, two io_contexts), and
//! the codec alone. Numbers, no tests.
#include <fmt/format.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "common/net/client_channel.hpp"
#include "common/net/server_channel.hpp"
#include "common/protocol/codec.hpp"
#include "tests/common/protocol/message_builders.hpp"

namespace {

using namespace scanyard;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

protocol::Results results_of(int reports, int points) {
  protocol::Results results;
  for (int i = 0; i < reports; ++i) {
    results.reports.push_back(protocol::testing::finished_report("r" + std::to_string(i), i + 1));
    results.reports.back().curve.assign(static_cast<std::size_t>(points),
                                        protocol::testing::point(1));
  }
  return results;
}

void bench_codec(int reports, int points) {
  const protocol::WorkerMessage message = results_of(reports, points);
  const std::string body = protocol::encode_body(message);
  constexpr int rounds = 200;
  auto start = Clock::now();
  std::size_t bytes = 0;
  for (int i = 0; i < rounds; ++i)
    bytes += protocol::encode_body(message).size();
  const double encode_s = seconds_since(start);
  start = Clock::now();
  std::size_t good = 0;
  for (int i = 0; i < rounds; ++i) {
    good += protocol::decode_worker_message(protocol::Kind::results, body).has_value();
  }
  const double decode_s = seconds_since(start);
  start = Clock::now();
  std::size_t members = 0;
  for (int i = 0; i < rounds; ++i)
    members += nlohmann::json::from_cbor(body).size();
  const double json_s = seconds_since(start);
  const double n = static_cast<double>(rounds) * reports;
  fmt::print(
      "{:>4} reports of {:>4} points: {:>9} bytes  encode {:>9.0f}/s  decode {:>9.0f}/s  "
      "(nlohmann from_cbor alone {:>8.0f}/s)\n",
      reports, points, body.size(), n / encode_s, n / decode_s, n / json_s);
  if (bytes == 0 || good != rounds || members == 0) fmt::print("the codec failed\n");
}

/// An io_context on a thread of its own.
struct Loop {
  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard{io.get_executor()};
  std::thread thread{[this] { io.run(); }};
  template <class F>
  void call(F f) {
    std::promise<void> done;
    boost::asio::post(io, [&] {
      f();
      done.set_value();
    });
    done.get_future().get();
  }
  ~Loop() {
    guard.reset();
    io.stop();
    thread.join();
  }
};

/// One client sends `total` messages of `body_bytes`, the server answers every `answer_every`-th.
void bench_channel(std::size_t body_bytes, int total, int answer_every) {
  const net::KeyPair server_key = net::generate_key_pair(), key = net::generate_key_pair();
  net::Context server_context, client_context;
  Loop server_loop, client_loop;
  std::unique_ptr<net::ZapHandler> zap;
  std::unique_ptr<net::ServerChannel> server;
  std::unique_ptr<net::ClientChannel> client;
  std::promise<void> all_there, connected;
  int received = 0, answers = 0;
  server_loop.call([&] {
    zap = std::make_unique<net::ZapHandler>(
        server_loop.io, server_context,
        net::AllowList::of({{"bench", net::Role::client, key.public_key, ""}}), nullptr);
    net::ServerOptions options;
    options.endpoint = "tcp://127.0.0.1:0";
    options.key = server_key;
    server = std::make_unique<net::ServerChannel>(
        server_loop.io, server_context, *zap, options,
        [&](const net::Peer& peer, const protocol::Header&, std::string_view) {
          if (++received % answer_every == 0) {
            server->send(peer.id, protocol::Kind::client_reply_first, "ok");
          }
        });
    if (!zap->start() || !server->start()) throw std::runtime_error("the server did not start");
  });
  client_loop.call([&] {
    net::ClientOptions options;
    options.endpoint = server->endpoint();
    options.server_key = server_key.public_key;
    options.key = key;
    options.instance = net::random_id();
    client = std::make_unique<net::ClientChannel>(
        client_loop.io, client_context, options,
        [&](const protocol::Header&, std::string_view) {
          if (++answers == total / answer_every) all_there.set_value();
        },
        [&](net::Link link, const std::string&) {
          if (link == net::Link::connected) connected.set_value();
        });
    if (!client->start()) throw std::runtime_error("the client did not start");
  });
  connected.get_future().get();
  const auto start = Clock::now();
  int sent = 0;
  std::function<void()> send_some = [&] {
    for (int i = 0; i < 512 && sent < total; ++i) {
      if (client->send(protocol::Kind::client_request_first, std::string(body_bytes, 'x')) == 0)
        break;
      ++sent;
    }
    if (sent < total) boost::asio::post(client_loop.io, send_some);
  };
  boost::asio::post(client_loop.io, send_some);
  all_there.get_future().get();
  const double passed = seconds_since(start);
  fmt::print(
      "{:>7} messages of {:>6} bytes, an answer every {:>4}: {:>9.0f} messages/s {:>8.1f} MB/s\n",
      total, body_bytes, answer_every, total / passed,
      static_cast<double>(body_bytes) * total / passed / 1e6);
  client_loop.call([&] { client.reset(); });
  server_loop.call([&] {
    server.reset();
    zap.reset();
  });
}

}  // namespace

int main() {
  fmt::print("codec, one thread\n");
  bench_codec(256, 0);
  bench_codec(256, 10);
  bench_codec(16, 200);
  fmt::print("channels on loopback, CURVE, one client\n");
  bench_channel(100, 200'000, 1000);
  bench_channel(100, 100'000, 1);
  bench_channel(2'000, 100'000, 100);
  bench_channel(100'000, 5'000, 100);
  return 0;
}
