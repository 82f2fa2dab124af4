//! Reads a YAML mapping into a struct, strictly: every key that the reader does not ask for is an
//! error with the nearest key that it does ask for. The struct's initialisers are the defaults.
//!
//!   struct Config { std::int32_t port = 7480; std::string bind = "127.0.0.1"; Duration
//!   lease{30'000}; };
//!
//!   Result<Config> read_config(std::string_view text, const std::string& file) {
//!     auto document = yaml::parse(text, file);
//!     if (!document) return propagate(document);
//!     Config config;
//!     yaml::Mapping root(*document);
//!     root.optional("port", config.port, {1, 65535});
//!     root.section("leases", [&](yaml::Mapping& leases) { leases.optional("length", config.lease);
//!     }); if (auto done = root.finish(); !done) return propagate(done); return config;
//!   }
//!
//! Nothing is checked before finish(), which reports the error that stands first in the file. On an
//! error the targets hold a mixture: throw them away.
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/yaml/node.hpp"
#include "common/yaml/scalar.hpp"

namespace scanyard::yaml {

/// Inclusive limits of a number.
template <class Number>
struct Between {
  Number minimum;
  Number maximum;
};

/// One mapping of a document. Must not outlive the document. Not thread-safe.
class Mapping {
 public:
  /// The whole file. An empty file is an empty mapping.
  explicit Mapping(const Document& document);
  /// A part of it; `path` is how messages call it ("server"), empty for the root.
  Mapping(const std::string& source, const Node& node, std::string path);

  int line() const { return node_.line; }
  bool has(std::string_view key) const { return node_.find(key) != nullptr; }

  /// Reads `key` into `target` where it is given. T: bool, std::int32_t, std::int64_t, double,
  /// std::string, Duration, or a std::vector or std::optional of one of these. `key:` without a
  /// value is an error.
  template <class T>
  void optional(std::string_view key, T& target) {
    const Node* node = ask(key);
    if (node != nullptr) note(*node, read(*node, place(key), target));
  }
  template <class T>
  void required(std::string_view key, T& target) {
    if (!has(key)) note_missing(key);
    optional(key, target);
  }
  /// With inclusive limits. Errors: yaml.out_of_range.
  template <class T>
  void optional(std::string_view key, T& target, Between<T> limits) {
    const Node* node = ask(key);
    if (node == nullptr) return;
    const auto done = read(*node, place(key), target);
    note(*node, done);
    if (done && (target < limits.minimum || target > limits.maximum)) {
      note_out_of_range(*node, key, static_cast<double>(limits.minimum),
                        static_cast<double>(limits.maximum));
    }
  }
  /// Text that must be one of `choices`. Errors: yaml.out_of_range with the nearest choice.
  void choice(std::string_view key, std::string& target, const std::vector<std::string>& choices);

  /// Calls `read` with the mapping under `key` where it is given, and finishes it.
  void section(std::string_view key, const std::function<void(Mapping&)>& read);
  /// Calls `read` for each mapping of the list under `key`, and finishes each.
  void list(std::string_view key, const std::function<void(Mapping&)>& read);

  /// For readers with forms of their own: the node under `key` or null; the key counts as known.
  const Node* ask(std::string_view key);
  /// Keeps an error that such a reader found; the first of the file wins.
  void note(const Node& where, const Result<void>& outcome);
  Place place(std::string_view key) const;

  /// The first error of the file, or success. Errors: yaml.unknown_key, yaml.missing_key,
  /// yaml.wrong_type, yaml.out_of_range.
  Result<void> finish();

 private:
  template <class T>
  static Result<void> read(const Node& node, const Place& place, T& target) {
    return read_scalar(node, place, target);
  }
  template <class T>
  static Result<void> read(const Node& node, const Place& place, std::optional<T>& target) {
    T value{};
    auto done = read(node, place, value);
    if (done) target = std::move(value);
    return done;
  }
  template <class T>
  static Result<void> read(const Node& node, const Place& place, std::vector<T>& target) {
    target.clear();
    if (!node.is_sequence()) return not_a_list(node, place);
    for (const auto& item : node.items) {
      T value{};
      if (auto done = read(item, place, value); !done) return done;
      target.push_back(std::move(value));
    }
    return {};
  }

  static Result<void> not_a_list(const Node& node, const Place& place);
  void keep(int line, Error error);
  void note_missing(std::string_view key);
  void note_out_of_range(const Node& node, std::string_view key, double minimum, double maximum);
  void read_section(const Node& node, std::string path, const std::function<void(Mapping&)>& read);

  const std::string& source_;
  const Node& node_;
  std::string path_;
  std::vector<std::string> asked_;
  std::optional<Error> error_;  ///< the earliest so far
  int error_line_ = 0;
};

/// "; did you mean 'hidden'?", or "; valid here: a, b, c" where nothing resembles `word`.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace scanyard::yaml
