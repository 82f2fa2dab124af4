#include "common/spec/combination.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/spec/errc.hpp"

namespace scanyard::spec {

std::vector<Slot> slots_of(const Expression& expression) {
  std::vector<Slot> slots;
  for (const auto& reference : expression.references()) {
    if (!reference.derived) slots.push_back(reference.index);
  }
  return slots;
}

std::vector<Slot> slots_of(const Condition& condition) {
  std::vector<Slot> slots;
  for (const auto& one : condition.equals)
    slots.push_back(one.slot);
  if (condition.expression == nullptr) return slots;
  for (const Slot slot : slots_of(*condition.expression))
    slots.push_back(slot);
  return slots;
}

Result<bool> holds(const Condition& condition, const Combination& combination,
                   const ValueTable& values) {
  for (const auto& one : condition.equals) {
    const ValueId value = combination.values[one.slot];
    if (std::find(one.values.begin(), one.values.end(), value) == one.values.end()) return false;
  }
  if (condition.expression == nullptr) return true;
  std::vector<double> inputs;
  for (const auto& reference : condition.expression->references()) {
    const ValueId value = combination.values[reference.index];
    if (value == unset) return false;
    inputs.push_back(values.number(value));
  }
  const double result = condition.expression->evaluate(inputs);
  if (std::isnan(result)) {
    return fail(errc::bad_expression,
                fmt::format("'{}' is neither true nor false", condition.expression->text()));
  }
  return result != 0;
}

std::string describe(const Combination& combination, const std::vector<Slot>& slots,
                     const Names& names, const ValueTable& values) {
  std::string text;
  for (const Slot slot : slots) {
    const ValueId value = combination.values[slot];
    if (value == unset) continue;
    const auto* plain = std::get_if<std::string>(&values.value(value));
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", names.name(slot),
                        plain != nullptr ? *plain : values.json(value));
  }
  return text;
}

}  // namespace scanyard::spec
