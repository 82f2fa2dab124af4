//! Codes of what can be wrong with the meaning of a spec. What is wrong with its form (unknown,
//! doubled or mistyped keys) has the codes of common/yaml/errc.hpp.
#pragma once

#include "common/error.hpp"

namespace scanyard::spec::errc {

inline constexpr ErrorCode empty_file{"spec.empty_file"};
inline constexpr ErrorCode bad_value{"spec.bad_value"};
inline constexpr ErrorCode unknown_preset{"spec.unknown_preset"};
/// One key is set in two places that hold for the same combination.
inline constexpr ErrorCode set_twice{"spec.set_twice"};
/// An axis is empty, names a value twice, or is a range that makes no sense.
inline constexpr ErrorCode bad_axis{"spec.bad_axis"};
/// The lists of one `zip` have different lengths.
inline constexpr ErrorCode bad_zip{"spec.bad_zip"};
/// The seed is given like an ordinary key.
inline constexpr ErrorCode misplaced_seed{"spec.misplaced_seed"};
inline constexpr ErrorCode bad_expression{"spec.bad_expression"};
inline constexpr ErrorCode unknown_name{"spec.unknown_name"};
inline constexpr ErrorCode cyclic_derivation{"spec.cyclic_derivation"};
/// A derived value is not finite, not whole where it must be, or lacks one of its inputs.
inline constexpr ErrorCode bad_derivation{"spec.bad_derivation"};
/// An `exclude`, `when` or `where` has no effect because it meets no combination.
inline constexpr ErrorCode matches_nothing{"spec.matches_nothing"};
/// Nothing is left to run.
inline constexpr ErrorCode empty_expansion{"spec.empty_expansion"};
inline constexpr ErrorCode over_limit{"spec.over_limit"};
inline constexpr ErrorCode bad_selection{"spec.bad_selection"};
inline constexpr ErrorCode bad_table{"spec.bad_table"};

}  // namespace scanyard::spec::errc
