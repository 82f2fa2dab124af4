#include "common/spec/derived_value.hpp"

#include <fmt/format.h>

#include <cmath>

#include "common/spec/axis_values.hpp"
#include "common/spec/errc.hpp"
#include "common/text.hpp"

namespace scanyard::spec {
namespace {

constexpr int digits_kept = 12;

/// Beyond it a double no longer tells neighbouring whole numbers apart.
constexpr double whole_max = 9007199254740992.0;

}  // namespace

Result<Value> derived_value(const Names& names, Slot target, double result) {
  if (!std::isfinite(result)) return fail(errc::bad_derivation, "is no finite number");
  const ValueType type = names.type(target);
  Value value;
  if (type == ValueType::integer) {
    const double whole = std::round(result);
    if (std::abs(result - whole) > 1e-9 * std::max(1.0, std::abs(result))) {
      const std::string exact = canonical_number(round_to_digits(result, 6));
      return fail(errc::bad_derivation,
                  fmt::format("is {}, but '{}' is a whole number; write round(...), floor(...) or "
                              "ceil(...), or keep only what divides with 'where'",
                              exact, names.name(target)));
    }
    if (std::abs(whole) > whole_max) return fail(errc::bad_derivation, "is too large");
    value = static_cast<std::int64_t>(whole);
  } else if (type == ValueType::boolean) {
    value = result != 0;
  } else {
    const double rounded = round_to_digits(result, digits_kept);
    value = rounded == 0 ? 0.0 : rounded;
  }
  if (auto fits = check_limits(names, target, value); !fits) return propagate(fits);
  return value;
}

Value any_valid_value(const Key& key) {
  if (key.type == ValueType::boolean) return false;
  if (key.type == ValueType::text) return key.choices.empty() ? std::string() : key.choices.front();
  const double number = key.minimum.value_or(key.maximum.value_or(1));
  if (key.type == ValueType::integer) return static_cast<std::int64_t>(std::ceil(number));
  return number;
}

}  // namespace scanyard::spec
