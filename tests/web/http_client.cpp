#include "tests/web/http_client.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace scanyard::web {
namespace {

constexpr int deadline_ms = 30'000;

}  // namespace

HttpClient::HttpClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    throw std::runtime_error("cannot connect to port " + std::to_string(port));
  }
}

HttpClient::~HttpClient() {
  ::close(socket_);
}

void HttpClient::send(std::string_view bytes) {
  // The server may have refused and closed already: what it said is still to be read.
  static_cast<void>(try_send(bytes));
}

bool HttpClient::try_send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void HttpClient::ask(const std::string& method, const std::string& target, const std::string& token,
                     const std::string& more) {
  send(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token +
       "\r\n" + more + "\r\n");
}

bool HttpClient::receive() {
  pollfd waiting{socket_, POLLIN, 0};
  if (::poll(&waiting, 1, deadline_ms) != 1) throw std::runtime_error("nothing came for 30 s");
  std::array<char, 65536> buffer;
  const ssize_t count = ::recv(socket_, buffer.data(), buffer.size(), 0);
  if (count <= 0) return false;
  rest_.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

std::string HttpClient::read_until(std::string_view end) {
  std::size_t at;
  while ((at = rest_.find(end)) == std::string::npos) {
    if (!receive()) {
      throw std::runtime_error("the connection ended before '" + std::string(end) + "', after '" +
                               rest_ + "'");
    }
  }
  std::string text = rest_.substr(0, at + end.size());
  rest_.erase(0, text.size());
  return text;
}

HttpClient::Reply HttpClient::read_reply(bool head_only) {
  Reply reply;
  reply.head = read_until("\r\n\r\n");
  reply.status = std::stoi(reply.head.substr(9, 3));
  const std::size_t length_at = reply.head.find("Content-Length: ");
  if (head_only || reply.status == 304 || length_at == std::string::npos) return reply;
  const std::size_t length = std::stoul(reply.head.substr(length_at + 16));
  while (rest_.size() < length) {
    if (!receive()) throw std::runtime_error("the connection ended inside a body");
  }
  reply.body = rest_.substr(0, length);
  rest_.erase(0, length);
  return reply;
}

std::string HttpClient::read_to_end() {
  while (receive()) {
  }
  return std::exchange(rest_, {});
}

}  // namespace scanyard::web
