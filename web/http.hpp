//! A request and a response as plain data, so that the router is a pure function and tests need no
//! socket.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scanyard::web {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// The value of the first header of that name (letter case does not matter), or nothing.
std::optional<std::string_view> find_header(const Headers& headers, std::string_view name);

struct Request {
  std::string method = "GET";
  std::string target = "/";  ///< as it stands in the request line: path and query, still encoded
  Headers headers;
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;  ///< also filled for HEAD, whose sender leaves it out but states its length
  /// Set for /events: the sender keeps the connection open and streams change numbers that differ
  /// from this one (what the page at the other end was made from).
  std::optional<std::uint64_t> events_since;
};

}  // namespace scanyard::web
