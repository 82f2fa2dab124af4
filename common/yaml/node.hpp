//! A YAML file as a plain tree with line numbers. Strict where yaml-cpp is not: a key twice, a
//! second document, a tag, bytes that are no UTF-8, or aliases that multiply beyond the limits are
//! errors. Most readers want strict.hpp instead.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.hpp"

namespace scanyard::yaml {

inline constexpr std::size_t bytes_max = 4 << 20;  ///< of one file
inline constexpr std::size_t nodes_max = 500'000;  ///< after aliases are filled in
inline constexpr std::size_t depth_max = 64;

struct Entry;

/// One value of the file. Aliases are filled in, so a tree has no shared parts.
struct Node {
  enum class Kind { null, scalar, sequence, mapping };
  Kind kind = Kind::null;
  bool quoted = false;         ///< a scalar in quotes: always text
  int line = 1;                ///< from 1
  std::string text;            ///< of a scalar, without quotes
  std::vector<Node> items;     ///< of a sequence
  std::vector<Entry> entries;  ///< of a mapping, in the order of the file, keys unique

  bool is_null() const { return kind == Kind::null; }
  bool is_scalar() const { return kind == Kind::scalar; }
  bool is_sequence() const { return kind == Kind::sequence; }
  bool is_mapping() const { return kind == Kind::mapping; }
  /// The value under `key` of a mapping, or null.
  const Node* find(std::string_view key) const;
};

struct Entry {
  std::string key;
  int line = 1;  ///< of the key
  Node value;
};

struct Document {
  std::string source;  ///< what messages call the file
  Node root;           ///< null for a file with nothing but comments
};

/// Reads one YAML document. Thread-safe.
/// Errors: yaml.syntax, yaml.doubled_key, yaml.too_large, each starting with "SOURCE:LINE: ".
Result<Document> parse(std::string_view text, const std::string& source);

/// An error whose message starts with the place: "sweeps/a.yaml:12: ...".
Error error_at(ErrorCode code, const std::string& source, int line, const std::string& message);

inline tl::unexpected<Error> fail_at(ErrorCode code, const std::string& source, int line,
                                     const std::string& message) {
  return tl::unexpected<Error>(error_at(code, source, line, message));
}

/// What a node is, for messages: "a list", "a mapping", "nothing", "'abc'".
std::string describe(const Node& node);

}  // namespace scanyard::yaml
