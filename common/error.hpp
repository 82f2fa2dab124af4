//! Expected failures as values: an Error says what went wrong, with a stable code and a chain of
//! what was being done.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace scanyard {

/// A stable name of one kind of failure, such as "spec.unknown_key". The database, the page and
/// `--json` show it, so it never changes once released. Each folder lists its own in its errc.hpp.
struct ErrorCode {
  std::string_view text;
  friend bool operator==(ErrorCode, ErrorCode) = default;
};

/// A copyable description of one expected failure. Programmer errors are assertions instead
/// (assert.hpp).
class Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  ErrorCode code() const { return code_; }
  /// One sentence for a person, without the context.
  const std::string& message() const { return message_; }
  /// Outermost first: what was being done when it happened.
  const std::vector<std::string>& context() const { return context_; }

  /// Adds what the caller was doing, as the new outermost context: "reading sweeps/a.yaml".
  Error& add_context(std::string what) {
    context_.insert(context_.begin(), std::move(what));
    return *this;
  }

  /// "outer: inner: message", the one line that a person sees.
  std::string to_string() const {
    std::string text;
    for (const auto& part : context_)
      text += part + ": ";
    return text + message_;
  }

  friend bool operator==(const Error&, const Error&) = default;

 private:
  ErrorCode code_;
  std::string message_;
  std::vector<std::string> context_;
};

template <class T>
using Result = tl::expected<T, Error>;

/// `return fail(errc::unknown_key, fmt::format(...))`.
inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error(code, std::move(message)));
}

/// Hands an error up, with what this level was doing: `if (!r) return propagate(r, "reading the
/// spec")`.
template <class T>
tl::unexpected<Error> propagate(Result<T>& result, std::string doing = {}) {
  Error error = std::move(result.error());
  if (!doing.empty()) error.add_context(std::move(doing));
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace scanyard
