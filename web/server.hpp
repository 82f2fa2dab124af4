//! The program's own HTTP server: sockets, threads and limits around the pure Site (site.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "common/read_model.hpp"

namespace scanyard::web {

/// Everything that can be set; the defaults are what `scanyard serve` uses. Every limit is hard.
struct ServerOptions {
  std::string bind_address = "127.0.0.1";  ///< literal IPv4 or IPv6 address of this machine
  std::uint16_t port = 7480;               ///< 0 = any free one
  /// What a browser must show: 16 to 256 of A-Z a-z 0-9 _ - (see random_token()).
  std::string token;
  /// Further names under which browsers may call, such as a reverse proxy's. On a loopback address
  /// only localhost, 127.0.0.1, [::1] and these are answered; on any other address all names are,
  /// unless some are listed here.
  std::vector<std::string> host_names;
  int connections_max = 256;    ///< one more is closed at once
  int event_streams_max = 128;  ///< one more gets 503, and its page asks at intervals instead
  int reader_threads = 2;       ///< for the blocking calls of the ReadModel
  std::size_t header_bytes_max = 16 << 10;
  std::int64_t request_timeout_ms =
      15'000;                             ///< from a request's first byte to the end of its header
  std::int64_t send_timeout_ms = 60'000;  ///< for one answer
  std::int64_t idle_timeout_ms = 60'000;  ///< between two requests of one connection
  std::int64_t change_poll_ms = 250;      ///< how often change_number() is asked, while watched
  std::int64_t event_keepalive_ms = 15'000;  ///< an idle event stream says something this often
  /// One line for the log, for what a person running the server should know: that accepting failed,
  /// that the read model threw. Called from the server's threads.
  std::function<void(const std::string& line)> on_trouble;
};

/// What the server did so far, for logs and tests.
struct ServerCounts {
  std::uint64_t connections = 0;          ///< accepted
  std::uint64_t connections_refused = 0;  ///< closed because connections_max were open
  std::uint64_t requests = 0;
  std::uint64_t events_sent = 0;
  std::int64_t connections_open = 0;
  std::int64_t event_streams_open = 0;
};

/// Serves the page until stopped. It has an I/O thread of its own and reader_threads for the read
/// model, so neither a slow browser nor a slow query ever holds up the loop of the coordinator that
/// started it.
///
/// Lifecycle: start() returns a server that listens already; stop() (or the destructor) closes
/// every connection and returns when no thread, coroutine or call of the read model is left.
/// Threads: start() and stop() from one thread; the getters from any.
class Server {
 public:
  /// `model` must outlive the server. Errors: web.bad_address, web.port_in_use, web.cannot_listen,
  /// web.bad_token, web.bad_option; nothing is left running then.
  static Result<std::unique_ptr<Server>> start(ReadModel& model, ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void stop();

  /// The real port, also when 0 was asked for.
  std::uint16_t port() const;
  /// What a person opens: "http://127.0.0.1:7480/?token=...". Holds the secret.
  std::string address_with_token() const;
  /// The same without the secret, for logs.
  std::string address() const;
  ServerCounts counts() const;

 private:
  struct Running;
  explicit Server(std::unique_ptr<Running> running);
  std::unique_ptr<Running> running_;
};

/// A new secret of 192 bits from the operating system, as 48 hexadecimal digits.
std::string random_token();

}  // namespace scanyard::web
