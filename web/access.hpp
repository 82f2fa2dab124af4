//! Who may see the page: the token, the ways to show it, and the names under which the server
//! answers. Pure functions of a request.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "web/http.hpp"

namespace scanyard::web {

/// What the server was started with. Immutable.
struct Access {
  std::string token;
  /// Bound to a loopback address: only localhost, 127.0.0.1, [::1] and `host_names` are answered,
  /// so that a foreign page whose name was pointed at this machine (DNS rebinding) gets nothing.
  bool loopback = true;
  std::vector<std::string> host_names;  ///< further allowed names, lower case, without a port
};

/// True when the token can be used: 16 to 256 characters of A-Z a-z 0-9 _ -.
bool token_is_usable(std::string_view token);

/// True when the Host header names this server. Ports are not compared: an SSH tunnel changes them.
/// On a non-loopback address every name is allowed unless `host_names` lists some.
bool host_is_allowed(const Access& access, std::optional<std::string_view> host_header);

/// Takes the same time wherever the two differ, so that an answer's delay tells nothing about the
/// secret.
bool equal_in_constant_time(std::string_view a, std::string_view b);

/// "scanyard_" and 8 digits of a hash of the token: cookies of one host name are shared by all its
/// ports, so that two servers behind tunnels would overwrite each other's under a common name.
std::string cookie_name(std::string_view token);

/// Value of the Set-Cookie header: until the browser closes, unreadable for scripts, never sent
/// along with another site's request.
std::string cookie_header(std::string_view token);

/// True when the request shows the token in its cookie or as `Authorization: Bearer TOKEN`.
bool shows_token(const Access& access, const Request& request);

}  // namespace scanyard::web
