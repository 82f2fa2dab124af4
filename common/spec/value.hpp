//! A configuration value and its canonical text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace scanyard::spec {

/// bool, integer, real or text. A key's type decides which: `lr: 1` is the real 1, `m: 1` the
/// integer 1, and `1e-3` equals `0.001`.
using Value = std::variant<bool, std::int64_t, double, std::string>;

enum class ValueType { boolean, integer, real, text };

/// JSON text of a value: shortest round-trip numbers, so that equal values have equal text.
std::string canonical_text(const Value& value);

/// Appends `text` as a JSON string with its quotes. The text must be UTF-8.
void append_json_string(std::string& json, std::string_view text);

/// "true or false", "a whole number", "a number", "text": for messages.
std::string_view describe(ValueType type);

}  // namespace scanyard::spec
