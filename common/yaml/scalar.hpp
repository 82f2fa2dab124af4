//! What one YAML scalar means. Stricter than YAML 1.1: booleans are `true` and `false` only,
//! numbers are decimal, quoted values are text, nothing is guessed.
#pragma once

#include <cstdint>
#include <string>

#include "common/time.hpp"
#include "common/yaml/node.hpp"

namespace scanyard::yaml {

/// Where a value stands, for messages: file and the key (with its parents: "server.port").
struct Place {
  const std::string& source;
  std::string key;
};

// Each reads one value or fails with yaml.wrong_type ("FILE:LINE: 'KEY' must be a whole number, not
// 'two'").

Result<void> read_scalar(const Node& node, const Place& place, bool& value);
/// `100000`, `-3`, and `1e5` because it is whole.
Result<void> read_scalar(const Node& node, const Place& place, std::int64_t& value);
Result<void> read_scalar(const Node& node, const Place& place, std::int32_t& value);
/// Finite decimal numbers; `.nan` and `.inf` are refused.
Result<void> read_scalar(const Node& node, const Place& place, double& value);
/// Any scalar; a plain `5` is the text "5".
Result<void> read_scalar(const Node& node, const Place& place, std::string& value);
/// "500 ms", "10 s", "5 min", "2 h", "3 d".
Result<void> read_scalar(const Node& node, const Place& place, Duration& value);

}  // namespace scanyard::yaml
