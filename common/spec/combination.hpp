//! One combination of values while the enumeration walks, and what is asked of it.
#pragma once

#include <string>
#include <vector>

#include "common/spec/document.hpp"

namespace scanyard::spec {

struct Combination {
  std::vector<ValueId> values;  ///< by slot; unset where nothing was given
  std::vector<int> lines;       ///< by slot: where the value stands in the file
};

/// Whether a condition holds. A combination that lacks a value that the condition names does not
/// meet it. Errors: spec.bad_expression where the expression has no value, without place.
Result<bool> holds(const Condition& condition, const Combination& combination,
                   const ValueTable& values);

/// "m=5, model=bdlru": the values of some slots that are set.
std::string describe(const Combination& combination, const std::vector<Slot>& slots,
                     const Names& names, const ValueTable& values);

/// The slots that a condition or an expression asks for.
std::vector<Slot> slots_of(const Condition& condition);
std::vector<Slot> slots_of(const Expression& expression);

}  // namespace scanyard::spec
