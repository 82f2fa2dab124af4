#include "common/spec/axis_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <unordered_set>

#include "common/spec/axis_range.hpp"
#include "common/spec/errc.hpp"
#include "common/spec/grammar.hpp"
#include "common/text.hpp"
#include "common/yaml/errc.hpp"
#include "common/yaml/strict.hpp"

namespace scanyard::spec {
namespace {

template <class T>
Result<Value> read_as(const ValueReader& reader, const yaml::Node& node, const std::string& path) {
  T value{};
  auto done = yaml::read_scalar(node, {reader.source, path}, value);
  if (!done) return propagate(done);
  return Value(std::move(value));
}

Result<Value> read_typed(const ValueReader& reader, const yaml::Node& node, ValueType type,
                         const std::string& path) {
  switch (type) {
    case ValueType::boolean:
      return read_as<bool>(reader, node, path);
    case ValueType::integer:
      return read_as<std::int64_t>(reader, node, path);
    case ValueType::real:
      return read_as<double>(reader, node, path);
    case ValueType::text:
      return read_as<std::string>(reader, node, path);
  }
  return fail(errc::bad_value, "a value of no type");
}

/// "1..5" as its two ends, or nothing.
std::optional<std::pair<std::int64_t, std::int64_t>> dotted_range(const yaml::Node& node) {
  if (!node.is_scalar() || node.quoted) return std::nullopt;
  const std::string_view text = node.text;
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) return std::nullopt;
  std::int64_t first = 0, last = 0;
  const char* middle = text.data() + dots;
  const char* end = text.data() + text.size();
  const auto a = std::from_chars(text.data(), middle, first);
  const auto b = std::from_chars(middle + 2, end, last);
  if (a.ec != std::errc() || a.ptr != middle || b.ec != std::errc() || b.ptr != end) {
    return std::nullopt;
  }
  return std::pair(first, last);
}

bool is_number(ValueType type) {
  return type == ValueType::integer || type == ValueType::real;
}

Value number_as(ValueType type, double number) {
  if (type == ValueType::integer) return Value(static_cast<std::int64_t>(std::llround(number)));
  return Value(number == 0 ? 0.0 : number);
}

/// Interns the numbers of a range; those that rounding made equal become one.
Result<std::vector<ValueId>> intern_range(const ValueReader& reader, const yaml::Node& node,
                                          Slot slot, const std::string& path,
                                          const std::vector<double>& numbers) {
  std::vector<ValueId> ids;
  std::unordered_set<ValueId> seen;
  for (const double number : numbers) {
    const Value value = number_as(reader.names.type(slot), number);
    if (auto fits = check_limits(reader.names, slot, value); !fits) {
      return yaml::fail_at(fits.error().code(), reader.source, node.line,
                           fmt::format("'{}' {}", path, fits.error().message()));
    }
    const ValueId id = reader.values.intern(value);
    if (seen.insert(id).second) ids.push_back(id);
  }
  return ids;
}

Result<std::vector<ValueId>> read_dotted(const ValueReader& reader, const yaml::Node& node,
                                         Slot slot, const std::string& path,
                                         std::pair<std::int64_t, std::int64_t> ends) {
  const auto [first, last] = ends;
  const auto bad = [&](const std::string& why) {
    return yaml::fail_at(errc::bad_axis, reader.source, node.line,
                         fmt::format("'{}' is {}: {}", path, node.text, why));
  };
  if (first > last) return bad("the first number must not be above the last");
  // The difference of two far ends may not fit, so it is taken without a sign.
  const std::uint64_t steps = std::uint64_t(last) - std::uint64_t(first);
  if (steps >= axis_values_max) {
    return bad(fmt::format("an axis has at most {} values", with_thousands(axis_values_max)));
  }
  std::vector<double> numbers;
  for (std::uint64_t i = 0; i <= steps; ++i)
    numbers.push_back(double(first) + double(i));
  return intern_range(reader, node, slot, path, numbers);
}

Result<std::vector<ValueId>> read_list(const ValueReader& reader, const yaml::Node& node, Slot slot,
                                       const std::string& path, Repeats repeats) {
  if (node.items.empty()) {
    return yaml::fail_at(errc::bad_axis, reader.source, node.line,
                         fmt::format("'{}' is an empty list: an axis needs a value", path));
  }
  std::vector<ValueId> ids;
  std::unordered_set<ValueId> seen;
  for (const auto& item : node.items) {
    auto id = read_value(reader, item, slot, path);
    if (!id) return propagate(id);
    if (!seen.insert(*id).second && repeats == Repeats::refused) {
      return yaml::fail_at(
          errc::bad_axis, reader.source, item.line,
          fmt::format("'{}' names the value {} twice", path, reader.values.json(*id)));
    }
    ids.push_back(*id);
  }
  return ids;
}

std::string limits_text(const Key& key) {
  if (key.minimum && key.maximum) {
    return fmt::format("from {} to {}", canonical_number(*key.minimum),
                       canonical_number(*key.maximum));
  }
  if (key.minimum) return fmt::format("at least {}", canonical_number(*key.minimum));
  return fmt::format("at most {}", canonical_number(*key.maximum));
}

}  // namespace

Result<void> check_limits(const Names& names, Slot slot, const Value& value) {
  if (names.is_helper(slot)) return {};
  const Key& key = names.key(slot);
  if (const auto* text = std::get_if<std::string>(&value)) {
    const auto& choices = key.choices;
    if (choices.empty() || std::find(choices.begin(), choices.end(), *text) != choices.end()) {
      return {};
    }
    return fail(errc::bad_value,
                fmt::format("cannot be '{}'{}", *text, yaml::suggestion(*text, choices)));
  }
  double number = 0;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) number = double(*integer);
  if (const auto* real = std::get_if<double>(&value)) number = *real;
  if ((key.minimum && number < *key.minimum) || (key.maximum && number > *key.maximum)) {
    return fail(errc::bad_value,
                fmt::format("must be {}, not {}", limits_text(key), canonical_text(value)));
  }
  return {};
}

Result<ValueId> read_value(const ValueReader& reader, const yaml::Node& node, Slot slot,
                           const std::string& path) {
  if (!node.is_scalar()) {
    return yaml::fail_at(yaml::errc::wrong_type, reader.source, node.line,
                         fmt::format("'{}' must be {}, not {}", path,
                                     describe(reader.names.type(slot)), yaml::describe(node)));
  }
  auto value = read_typed(reader, node, reader.names.type(slot), path);
  if (!value) return propagate(value);
  if (auto fits = check_limits(reader.names, slot, *value); !fits) {
    return yaml::fail_at(fits.error().code(), reader.source, node.line,
                         fmt::format("'{}' {}", path, fits.error().message()));
  }
  if (auto* real = std::get_if<double>(&*value); real != nullptr && *real == 0) *real = 0.0;
  return reader.values.intern(std::move(*value));
}

Result<std::vector<ValueId>> read_axis(const ValueReader& reader, const yaml::Node& node, Slot slot,
                                       const std::string& path, Repeats repeats) {
  if (node.is_sequence()) return read_list(reader, node, slot, path, repeats);
  if (!is_number(reader.names.type(slot)) || node.is_null()) {
    auto one = read_value(reader, node, slot, path);
    if (!one) return propagate(one);
    return std::vector{*one};
  }
  if (node.is_mapping()) {
    auto numbers = read_range(reader.source, node, path, reader.names.type(slot));
    if (!numbers) return propagate(numbers);
    return intern_range(reader, node, slot, path, *numbers);
  }
  if (const auto ends = dotted_range(node)) return read_dotted(reader, node, slot, path, *ends);
  auto one = read_value(reader, node, slot, path);
  if (!one) return propagate(one);
  return std::vector{*one};
}

Result<std::vector<ValueId>> read_seeds(const ValueReader& reader, const yaml::Node& node,
                                        Slot slot) {
  if (!node.is_scalar() || dotted_range(node)) return read_axis(reader, node, slot, "seeds");
  std::int64_t count = 0;
  if (auto done = yaml::read_scalar(node, {reader.source, "seeds"}, count); !done) {
    return propagate(done);
  }
  if (count < 1 || count > std::int64_t(axis_values_max)) {
    return yaml::fail_at(errc::bad_axis, reader.source, node.line,
                         fmt::format("'seeds' is how many seeds, from 1 to {}, not {}; a list such "
                                     "as [7, 8] names them",
                                     with_thousands(axis_values_max), count));
  }
  return read_dotted(reader, node, slot, "seeds", {1, count});
}

double round_to_digits(double value, int digits) {
  // Printing and reading back rounds in decimal, the same on every machine.
  return std::strtod(fmt::format("{:.{}e}", value, digits - 1).c_str(), nullptr);
}

}  // namespace scanyard::spec
