#include "web/access.hpp"

#include <algorithm>
#include <array>

#include "common/hash.hpp"

namespace scanyard::web {
namespace {

constexpr std::size_t token_length_min = 16;
constexpr std::size_t token_length_max = 256;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    c = lower(c);
  return result;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

/// "localhost:7480" -> "localhost", "[::1]:7480" -> "[::1]"; nothing when the rest is no port.
std::optional<std::string_view> without_port(std::string_view host) {
  const std::size_t name_end =
      host.starts_with('[') ? host.find(']') + 1 : std::min(host.find(':'), host.size());
  if (name_end == 0) return std::nullopt;  // an opening bracket that is never closed, or no name
  const std::string_view port = host.substr(name_end);
  if (!port.empty()) {
    if (port.front() != ':') return std::nullopt;
    if (!std::all_of(port.begin() + 1, port.end(), [](char c) { return c >= '0' && c <= '9'; })) {
      return std::nullopt;
    }
  }
  return host.substr(0, name_end);
}

/// Value of the cookie of that name in a Cookie header: "a=1; b=2".
std::optional<std::string_view> cookie_value(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(';'), header.size());
    const std::string_view pair = trimmed(header.substr(0, end));
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
      return pair.substr(equals + 1);
    }
    header.remove_prefix(std::min(end + 1, header.size()));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> find_header(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (std::equal(key.begin(), key.end(), name.begin(), name.end(),
                   [](char a, char b) { return lower(a) == lower(b); })) {
      return value;
    }
  }
  return std::nullopt;
}

bool token_is_usable(std::string_view token) {
  if (token.size() < token_length_min || token.size() > token_length_max) return false;
  return std::all_of(token.begin(), token.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

bool host_is_allowed(const Access& access, std::optional<std::string_view> host_header) {
  if (!host_header) return false;
  const auto name_as_sent = without_port(trimmed(*host_header));
  if (!name_as_sent) return false;
  const std::string name = lower(*name_as_sent);
  const auto listed = [&](const auto& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  static constexpr std::array<std::string_view, 3> loopback_names = {"localhost", "127.0.0.1",
                                                                     "[::1]"};
  if (listed(loopback_names) || listed(access.host_names)) return true;
  return !access.loopback && access.host_names.empty();
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  // Hashes have one length, so that not even the secret's length decides how long this takes; the
  // loop has no early end.
  const std::string left = checksum_hex(a);
  const std::string right = checksum_hex(b);
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    difference = static_cast<unsigned char>(difference | (left[i] ^ right[i]));
  }
  return difference == 0;
}

std::string cookie_name(std::string_view token) {
  return "scanyard_" +
         checksum_hex(std::string("cookie name of ") + std::string(token)).substr(0, 8);
}

std::string cookie_header(std::string_view token) {
  return cookie_name(token) + "=" + std::string(token) + "; Path=/; HttpOnly; SameSite=Strict";
}

bool shows_token(const Access& access, const Request& request) {
  if (const auto authorization = find_header(request.headers, "Authorization")) {
    const std::size_t blank = authorization->find(' ');
    return blank != std::string_view::npos && lower(authorization->substr(0, blank)) == "bearer" &&
           equal_in_constant_time(trimmed(authorization->substr(blank)), access.token);
  }
  const std::string name = cookie_name(access.token);
  for (const auto& [key, value] : request.headers) {
    if (lower(key) != "cookie") continue;
    const auto shown = cookie_value(value, name);
    if (shown && equal_in_constant_time(*shown, access.token)) return true;
  }
  return false;
}

}  // namespace scanyard::web
