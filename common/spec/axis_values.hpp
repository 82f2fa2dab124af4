//! Values of one key as a spec writes them: a value, a list, "1..5", or a range.
#pragma once

#include <string>
#include <vector>

#include "common/spec/names.hpp"
#include "common/spec/value_table.hpp"
#include "common/yaml/node.hpp"

namespace scanyard::spec {

/// What the functions below need to know of the file.
struct ValueReader {
  const std::string& source;
  const Names& names;
  ValueTable& values;
};

/// One value of a slot, of its type and within its limits.
/// Errors: yaml.wrong_type; spec.bad_value with the nearest choice or the limits.
Result<ValueId> read_value(const ValueReader& reader, const yaml::Node& node, Slot slot,
                           const std::string& path);

/// Whether a list may name a value twice: an axis may not, a list of `zip` may.
enum class Repeats { refused, allowed };

/// The values of an axis, in the order of the file.
/// Errors: those of read_value; spec.bad_axis (empty, a value twice, a range that makes no sense).
Result<std::vector<ValueId>> read_axis(const ValueReader& reader, const yaml::Node& node, Slot slot,
                                       const std::string& path, Repeats repeats = Repeats::refused);

/// Like read_axis for `seeds`, where a plain number is how many.
Result<std::vector<ValueId>> read_seeds(const ValueReader& reader, const yaml::Node& node,
                                        Slot slot);

/// A real rounded to a number of significant digits, so that what differs in the last bits only
/// (another machine's logarithm) is one value.
double round_to_digits(double value, int digits);

/// Checks a value against the limits and choices of its key. The message is without place.
Result<void> check_limits(const Names& names, Slot slot, const Value& value);

}  // namespace scanyard::spec
