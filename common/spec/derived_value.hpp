//! From the result of an expression to a value of a key.
#pragma once

#include "common/spec/names.hpp"

namespace scanyard::spec {

/// Reals keep 12 significant digits, so that another machine's logarithm gives the same run.
/// Errors, without place: spec.bad_derivation (not finite; not whole where the key is an integer),
/// spec.bad_value (outside the key's limits).
Result<Value> derived_value(const Names& names, Slot target, double result);

/// Some value that the key's limits allow, where only its presence counts.
Value any_valid_value(const Key& key);

}  // namespace scanyard::spec
