//! The address of a request, taken apart: decoded path segments and query parameters.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scanyard::web {

struct Target {
  std::vector<std::string>
      segments;  ///< decoded, empty ones left out: "/sweeps//3/" is "sweeps", "3"
  std::vector<std::pair<std::string, std::string>> query;  ///< decoded, in order

  /// Value of the first parameter of that name.
  std::optional<std::string> parameter(std::string_view name) const;

  /// The address again, encoded, without the parameter of that name. Always starts with one single
  /// slash, so that it never leads to another host.
  std::string without_parameter(std::string_view name) const;
};

/// Takes the target of a request line apart. Nothing when it is not a path with an optional query
/// (such as "*" or a whole URL) or when its encoding is broken.
std::optional<Target> parse_target(std::string_view target);

/// `text` as one path segment or query value: everything outside A-Z a-z 0-9 - . _ ~ as %XX.
std::string percent_encoded(std::string_view text);

}  // namespace scanyard::web
