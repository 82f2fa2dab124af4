//! A configuration value and its canonical text.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace scanyard::spec {

/// bool, integer, real or text. A key's type decides which: `lr: 1` is the real 1, `m: 1` the
/// integer 1, and `1e-3` equals `0.001`.
using Value = std::variant<bool, std::int64_t, double, std::string>;

enum class ValueType { boolean, integer, real, text };

/// JSON text of a value: shortest round-trip numbers, so that equal values have equal text.
std::string canonical_text(const Value& value);

}  // namespace scanyard::spec
