//! A small HTTP client over a plain socket, for tests of the server: it can also say what a browser
//! never would. Every wait ends after 30 s. Failures are exceptions, as checks of Catch2 belong to
//! one thread only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace scanyard::web {

class HttpClient {
 public:
  /// Connects to 127.0.0.1.
  explicit HttpClient(std::uint16_t port);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  void send(std::string_view bytes);
  /// The same; false when the server has closed the connection. Waits while nobody reads.
  bool try_send(std::string_view bytes);
  /// "GET /path" with Host, the token and more header lines, each ending in "\r\n".
  void ask(const std::string& method, const std::string& target, const std::string& token,
           const std::string& more = {});
  /// Reads until `end` was seen; returns everything up to and with it. Throws when the
  /// connection ends or 30 s pass before.
  std::string read_until(std::string_view end);
  /// One whole response with a Content-Length body (none for HEAD, 304).
  struct Reply {
    int status = 0;
    std::string head, body;
  };
  Reply read_reply(bool head_only = false);
  /// Reads until the server closes the connection.
  std::string read_to_end();

 private:
  /// Adds what comes next to rest_; false at the end of the connection.
  bool receive();

  int socket_ = -1;
  std::string rest_;
};

}  // namespace scanyard::web
