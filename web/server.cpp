//! The one file that includes Beast. Reading order: Running (what exists while it serves), then its
//! coroutines accept_loop, serve, send and stream_events. They all run on the one I/O thread, so
//! they share state without locks; only the site and change_number() run on the reader threads.
#include "web/server.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/host_name.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <set>
#include <thread>

#include "common/assert.hpp"
#include "web/errc.hpp"
#include "web/responses.hpp"
#include "web/site.hpp"

namespace scanyard::web {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

// A socket's errors are ordinary here, so they come as values.
constexpr auto awaiting = asio::as_tuple(asio::use_awaitable);
constexpr int http_1_1 = 11;
constexpr std::size_t read_bytes = 4096;
constexpr milliseconds accept_pause{100};

struct Connection {
  explicit Connection(tcp::socket socket)
      : stream(std::move(socket)), wake(stream.get_executor()) {}
  beast::tcp_stream stream;
  asio::steady_timer wake;  ///< an event stream waits on it for news
  bool closed = false;      ///< the peer went away
};
using ConnectionPtr = std::shared_ptr<Connection>;

using RequestHeader = http::request<http::empty_body>;

Request to_request(const RequestHeader& header) {
  Request request;
  request.method = std::string(header.method_string());
  request.target = std::string(header.target());
  for (const auto& field : header)
    request.headers.emplace_back(field.name_string(), field.value());
  return request;
}

template <class Body>
http::response<Body> to_message(const Response& response, bool keep_alive) {
  http::response<Body> message{static_cast<http::status>(response.status), http_1_1};
  for (const auto& [name, value] : response.headers)
    message.insert(name, value);
  message.keep_alive(keep_alive);
  return message;
}

bool has_body(http::request_parser<http::empty_body>& parser) {
  return parser.chunked() || parser.content_length().value_or(0) > 0;
}

/// What a parser's complaint means for the sender; nothing when the connection just ended.
std::optional<Response> refusal(error_code error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return plain_response(431, "The header of this request is too large.\n");
  if (error == http::error::body_limit || error == http::error::unexpected_body)
    return plain_response(413, "This server reads no bodies.\n");
  if (error == http::error::end_of_stream || error == http::error::partial_message)
    return std::nullopt;
  if (error.category() == http::make_error_code(http::error::bad_target).category())
    return plain_response(400, "This is not a request that the server understands.\n");
  return std::nullopt;
}

/// Runs on a reader thread, as does the one below.
asio::awaitable<Response> respond_on_reader(const Site* site, Request request) {
  co_return site->respond(request);
}

asio::awaitable<std::uint64_t> change_on_reader(ReadModel* model) {
  co_return model->change_number();
}

/// The address as it stands in a browser's address bar: a wildcard is called by the machine's name.
std::string host_text(const asio::ip::address& address) {
  if (address.is_unspecified()) {
    error_code failed;
    const std::string name = asio::ip::host_name(failed);
    return failed ? "localhost" : name;
  }
  return address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
}

Result<void> check(const ServerOptions& options) {
  if (!token_is_usable(options.token)) {
    return fail(errc::bad_token,
                "The page's token must have 16 to 256 characters of A-Z, a-z, 0-9, '_' and '-'.");
  }
  const bool counts_right = options.connections_max >= 1 && options.event_streams_max >= 0 &&
                            options.reader_threads >= 1 && options.header_bytes_max >= 1024;
  const bool times_right = options.request_timeout_ms >= 1 && options.send_timeout_ms >= 1 &&
                           options.idle_timeout_ms >= 1 && options.change_poll_ms >= 1 &&
                           options.event_keepalive_ms >= 1;
  if (!counts_right || !times_right) {
    return fail(errc::bad_option,
                "The page's server needs at least 1 connection, 1 reader thread, 1024 bytes of "
                "header and 1 ms of every time.");
  }
  return {};
}

/// An acceptor that listens. Errors say which address and port, and what would be right.
Result<tcp::acceptor> listen(asio::io_context& io, const ServerOptions& options) {
  error_code failed;
  const auto address = asio::ip::make_address(options.bind_address, failed);
  if (failed) {
    return fail(errc::bad_address,
                fmt::format("The page cannot listen on '{}': give a literal IP address of this "
                            "machine, such as 127.0.0.1 or 0.0.0.0.",
                            options.bind_address));
  }
  const tcp::endpoint endpoint(address, options.port);
  tcp::acceptor acceptor(io);
  acceptor.open(endpoint.protocol(), failed);
  if (!failed) acceptor.set_option(asio::socket_base::reuse_address(true), failed);
  if (!failed) acceptor.bind(endpoint, failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  if (!failed) return acceptor;
  const std::string where = fmt::format("{}:{}", host_text(address), options.port);
  if (failed == asio::error::address_in_use) {
    return fail(errc::port_in_use,
                fmt::format("The page cannot listen on {}: another program uses this port. Choose "
                            "another one, or 0 for any free one.",
                            where));
  }
  if (failed == boost::system::errc::address_not_available) {
    return fail(
        errc::bad_address,
        fmt::format("The page cannot listen on {}: this machine has no such address.", where));
  }
  return fail(errc::cannot_listen,
              fmt::format("The page cannot listen on {}: {}.", where, failed.message()));
}

}  // namespace

struct Server::Running {
  Running(ReadModel& read_model, ServerOptions given)
      : options(std::move(given)), model(read_model), readers(options.reader_threads) {}

  void run();
  void close_all();
  void trouble(const std::string& line) const {
    if (options.on_trouble) options.on_trouble(line);
  }
  /// The one place where an exception that escaped a coroutine ends up.
  void report(std::exception_ptr escaped, const char* doing) const;

  asio::awaitable<void> accept_loop();
  asio::awaitable<void> serve(ConnectionPtr connection);
  asio::awaitable<bool> serve_one(ConnectionPtr connection, beast::flat_buffer* buffer);
  asio::awaitable<Response> answer_to(Request request);
  asio::awaitable<bool> send(ConnectionPtr connection, Response response, bool head,
                             bool keep_alive);
  asio::awaitable<void> stream_events(ConnectionPtr connection, Response response);
  asio::awaitable<void> notice_end(ConnectionPtr connection);
  asio::awaitable<void> watch_changes();
  asio::awaitable<void> poll_change();

  const ServerOptions options;
  ReadModel& model;
  std::optional<Site> site;
  std::string host;
  std::uint16_t port = 0;

  asio::io_context io{1};
  asio::thread_pool readers;
  std::optional<tcp::acceptor> acceptor;
  asio::steady_timer accept_wait{io};
  asio::steady_timer poll_wait{io};
  std::thread thread;

  // Used on the I/O thread only.
  bool stopping = false;
  bool watching = false;
  std::uint64_t change = 0;
  std::set<ConnectionPtr> connections;
  std::set<Connection*> listeners;

  std::atomic<std::uint64_t> accepted{0}, refused{0}, requests{0}, events{0};
  std::atomic<std::int64_t> open{0}, streams{0};
};

void Server::Running::report(std::exception_ptr escaped, const char* doing) const {
  if (!escaped) return;
  try {
    std::rethrow_exception(escaped);
  } catch (const std::exception& error) {
    trouble(fmt::format("{}: {}", doing, error.what()));
  }
}

void Server::Running::run() {
  asio::co_spawn(io, accept_loop(),
                 [this](std::exception_ptr escaped) { report(escaped, "accepting"); });
  thread = std::thread([this] { io.run(); });
}

/// Ends every wait and every socket; the coroutines then end by themselves, and with the last of
/// them io.run() returns.
void Server::Running::close_all() {
  stopping = true;
  error_code ignored;
  acceptor->close(ignored);
  accept_wait.cancel();
  poll_wait.cancel();
  for (const auto& connection : connections) {
    connection->stream.close();
    connection->wake.cancel();
  }
}

asio::awaitable<void> Server::Running::accept_loop() {
  while (!stopping) {
    auto [failed, socket] = co_await acceptor->async_accept(awaiting);
    if (stopping) co_return;
    if (failed) {
      // Most likely no file descriptor is left: try again when some connection has ended.
      trouble(fmt::format("accepting a connection: {}", failed.message()));
      accept_wait.expires_after(accept_pause);
      co_await accept_wait.async_wait(awaiting);
      continue;
    }
    if (connections.size() >= static_cast<std::size_t>(options.connections_max)) {
      ++refused;
      error_code ignored;
      socket.close(ignored);
      continue;
    }
    ++accepted;
    asio::co_spawn(io, serve(std::make_shared<Connection>(std::move(socket))),
                   [this](std::exception_ptr escaped) { report(escaped, "serving"); });
  }
}

asio::awaitable<void> Server::Running::serve(ConnectionPtr connection) {
  connections.insert(connection);
  ++open;
  error_code ignored;
  connection->stream.socket().set_option(tcp::no_delay(true), ignored);
  beast::flat_buffer buffer(options.header_bytes_max + read_bytes);
  while (!stopping && co_await serve_one(connection, &buffer)) {
  }
  connection->stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
  connection->stream.close();
  --open;
  connections.erase(connection);
}

/// One request and its answer. False when the connection is to be closed.
asio::awaitable<bool> Server::Running::serve_one(ConnectionPtr connection,
                                                 beast::flat_buffer* buffer) {
  if (buffer->size() == 0) {
    connection->stream.expires_after(milliseconds(options.idle_timeout_ms));
    auto [failed, count] =
        co_await connection->stream.async_read_some(buffer->prepare(read_bytes), awaiting);
    if (failed) co_return false;
    buffer->commit(count);
  }
  http::request_parser<http::empty_body> parser;
  // A body is refused below, by the rules of its method, and never read, however long it is.
  parser.body_limit(boost::none);
  parser.header_limit(static_cast<std::uint32_t>(options.header_bytes_max));
  connection->stream.expires_after(milliseconds(options.request_timeout_ms));
  auto [failed, count] =
      co_await http::async_read_header(connection->stream, *buffer, parser, awaiting);
  if (failed) {
    const auto why = refusal(failed);
    if (why) co_await send(connection, *why, false, false);
    co_return false;
  }
  ++requests;
  const Request request = to_request(parser.get());
  const bool head = request.method == "HEAD";
  const bool body_follows = has_body(parser);
  Response response;
  if (body_follows && (head || request.method == "GET")) {
    response = plain_response(413, "This server reads no bodies.\n");
  } else {
    response = co_await answer_to(request);
  }
  if (stopping) co_return false;
  if (response.events_since && !head) {
    co_await stream_events(connection, std::move(response));
    co_return false;
  }
  // A body is never read, so after it nothing on this connection would make sense.
  const bool keep_alive = parser.get().keep_alive() && !body_follows;
  co_return co_await send(connection, std::move(response), head, keep_alive);
}

asio::awaitable<Response> Server::Running::answer_to(Request request) {
  auto [escaped, response] =
      co_await asio::co_spawn(readers, respond_on_reader(&*site, std::move(request)), awaiting);
  if (escaped) {
    report(escaped, "making a page");
    response = plain_response(500, "This page could not be made; the server's log says why.\n");
  }
  co_return std::move(response);
}

asio::awaitable<bool> Server::Running::send(ConnectionPtr connection, Response response, bool head,
                                            bool keep_alive) {
  connection->stream.expires_after(milliseconds(options.send_timeout_ms));
  error_code failed;
  if (head) {
    auto message = to_message<http::empty_body>(response, keep_alive);
    message.content_length(response.body.size());
    auto [error, count] = co_await http::async_write(connection->stream, message, awaiting);
    failed = error;
  } else {
    auto message = to_message<http::string_body>(response, keep_alive);
    message.body() = std::move(response.body);
    message.prepare_payload();
    auto [error, count] = co_await http::async_write(connection->stream, message, awaiting);
    failed = error;
  }
  co_return !failed && keep_alive;
}

/// Tells one page of changes until it goes away. A page asks for what is newer than it has seen, so
/// that nothing is missed between its making and this stream's start.
asio::awaitable<void> Server::Running::stream_events(ConnectionPtr connection, Response response) {
  if (streams >= options.event_streams_max) {
    co_await send(connection, plain_response(503, "Too many pages are open.\n"), false, false);
    co_return;
  }
  ++streams;
  std::uint64_t told = *response.events_since;
  co_await poll_change();
  auto message = to_message<http::empty_body>(response, false);
  connection->stream.expires_after(milliseconds(options.send_timeout_ms));
  auto [failed, header_count] = co_await http::async_write(connection->stream, message, awaiting);
  connection->closed = static_cast<bool>(failed);
  listeners.insert(connection.get());
  asio::co_spawn(io, notice_end(connection),
                 [this](std::exception_ptr escaped) { report(escaped, "watching a page"); });
  if (!watching) {
    watching = true;
    asio::co_spawn(io, watch_changes(),
                   [this](std::exception_ptr escaped) { report(escaped, "watching changes"); });
  }
  while (!stopping && !connection->closed) {
    std::string text;
    if (change != told) {
      told = change;
      text = fmt::format("id: {0}\nevent: changed\ndata: {0}\n\n", told);
      ++events;
    } else {
      connection->wake.expires_after(milliseconds(options.event_keepalive_ms));
      auto [woken] = co_await connection->wake.async_wait(awaiting);
      if (woken) continue;
      text = ": still here\n\n";
    }
    connection->stream.expires_after(milliseconds(options.send_timeout_ms));
    auto [lost, count] =
        co_await asio::async_write(connection->stream, asio::buffer(text), awaiting);
    if (lost) break;
  }
  listeners.erase(connection.get());
  --streams;
}

/// Notices that the page at the other end of an event stream went away: it has nothing to say.
asio::awaitable<void> Server::Running::notice_end(ConnectionPtr connection) {
  std::array<char, 256> unwanted;
  for (error_code failed; !failed;) {
    auto [error, count] =
        co_await connection->stream.socket().async_read_some(asio::buffer(unwanted), awaiting);
    failed = error;
  }
  connection->closed = true;
  connection->wake.cancel();
}

/// Asks for the change number while any page listens: the one poll, however many pages are open.
asio::awaitable<void> Server::Running::watch_changes() {
  while (!stopping && !listeners.empty()) {
    poll_wait.expires_after(milliseconds(options.change_poll_ms));
    co_await poll_wait.async_wait(awaiting);
    if (!stopping) co_await poll_change();
  }
  watching = false;
}

asio::awaitable<void> Server::Running::poll_change() {
  auto [escaped, number] = co_await asio::co_spawn(readers, change_on_reader(&model), awaiting);
  report(escaped, "asking for the change number");
  if (escaped || number == change) co_return;
  change = number;
  for (Connection* listener : listeners)
    listener->wake.cancel();
}

Result<std::unique_ptr<Server>> Server::start(ReadModel& model, ServerOptions options) {
  if (auto right = check(options); !right) return propagate(right);
  auto running = std::make_unique<Running>(model, std::move(options));
  auto acceptor = listen(running->io, running->options);
  if (!acceptor) return propagate(acceptor);
  const tcp::endpoint endpoint = acceptor->local_endpoint();
  running->acceptor.emplace(std::move(*acceptor));
  running->port = endpoint.port();
  running->host = host_text(endpoint.address());
  Access access{running->options.token, endpoint.address().is_loopback(),
                running->options.host_names};
  // The bound address is a name of its own: 127.0.0.2 is loopback too.
  if (!access.host_names.empty() || access.loopback) access.host_names.push_back(running->host);
  running->site.emplace(model, std::move(access));
  running->run();
  return std::unique_ptr<Server>(new Server(std::move(running)));
}

Server::Server(std::unique_ptr<Running> running) : running_(std::move(running)) {}

Server::~Server() {
  stop();
}

void Server::stop() {
  if (!running_->thread.joinable()) return;
  asio::post(running_->io, [running = running_.get()] { running->close_all(); });
  running_->thread.join();
  running_->readers.join();
}

std::uint16_t Server::port() const {
  return running_->port;
}

std::string Server::address() const {
  return fmt::format("http://{}:{}/", running_->host, running_->port);
}

std::string Server::address_with_token() const {
  return address() + "?token=" + running_->options.token;
}

ServerCounts Server::counts() const {
  return {running_->accepted, running_->refused, running_->requests,
          running_->events,   running_->open,    running_->streams};
}

std::string random_token() {
  // sodium_init() is safe to call again; below 0 there is no random source and no way to go on.
  SCANYARD_ASSERT(sodium_init() >= 0, "the operating system gives random numbers");
  std::array<unsigned char, 24> bytes;
  randombytes_buf(bytes.data(), bytes.size());
  std::string text;
  for (const unsigned char byte : bytes)
    text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace scanyard::web
