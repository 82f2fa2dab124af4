//! Error codes of tasks/catalog.
#pragma once

#include "common/error.hpp"

namespace scanyard::catalog::errc {

/// A key without a default was not given.
inline constexpr ErrorCode missing_key{"catalog.missing_key"};
/// A key was given that does not belong to the model or the task.
inline constexpr ErrorCode inapplicable_key{"catalog.inapplicable_key"};
/// A value of the wrong type, outside its range or not among the choices.
inline constexpr ErrorCode bad_value{"catalog.bad_value"};
/// Every value is fine on its own, together they cannot be built.
inline constexpr ErrorCode impossible_shape{"catalog.impossible_shape"};
/// The JSON of a shape or a replica does not parse, or has an unknown key.
inline constexpr ErrorCode bad_config{"catalog.bad_config"};

}  // namespace scanyard::catalog::errc
