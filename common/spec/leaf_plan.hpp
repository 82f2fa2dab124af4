//! In which order the derivations, excludes and constraints of a block are applied, and which axes
//! can be walked after a shape is known. Depends only on the block and on which of its `when`
//! clauses hold, so it is worked out once for each set of clauses.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/spec/resolve.hpp"

namespace scanyard::spec {

/// Axes are walked in two loops: an outer one over everything that decides the shape or a `when`,
/// and an inner one over the rest (usually lr, weight decay, seed), which shares one shape.
struct AxisSplit {
  std::vector<bool> outer_slots;  ///< by slot: values that must be known in the outer loop

  explicit AxisSplit(const ResolvedBlock& block, const Names& names);
  bool is_outer(const AxisGroup& group) const;
};

/// An exclude or a constraint.
struct Filter {
  const Exclude* exclude = nullptr;
  const Constraint* constraint = nullptr;
};

struct LeafPlan {
  /// What happens at one point: filters that need nothing derived here, derivations, filters that
  /// do.
  struct Stage {
    std::vector<Filter> before;
    std::vector<const Derivation*> derivations;
    std::vector<Filter> after;
    bool empty() const { return before.empty() && derivations.empty() && after.empty(); }
  };
  Stage early;                               ///< in the outer loop, before the shape is complete
  Stage late;                                ///< in the outer loop, knows the complete shape
  Stage inner;                               ///< in the inner loop
  std::vector<const AxisGroup*> inner_axes;  ///< in canonical order
  std::uint64_t inner_points = 1;            ///< product of their sizes, capped
  bool needs_shape = false;  ///< a filter or a derivation asks for the complete shape
};

inline constexpr std::uint64_t points_cap = std::uint64_t{1} << 62;

/// `matched` says which of the block's clauses hold.
/// Errors: spec.set_twice (two clauses set one key), spec.cyclic_derivation, spec.bad_derivation
/// (an input that is not set).
Result<LeafPlan> plan_leaf(const ResolvedBlock& block, const AxisSplit& split,
                           const std::vector<bool>& matched, const SpecDocument& document);

}  // namespace scanyard::spec
