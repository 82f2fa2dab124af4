//! Reads `select` and `table`, of a spec and of a preset.
#pragma once

#include <string>

#include "common/spec/names.hpp"
#include "common/spec/selection.hpp"
#include "common/yaml/node.hpp"

namespace scanyard::spec {

/// The selection of a spec that says nothing: best test accuracy over all numeric keys that
/// replicas of a pack may differ in (rates, decay, seed).
Selection default_selection(const Vocabulary& vocabulary);

/// Applies what stands under `select` to `selection`. A key that moves from `maximise` to `average`
/// or back need only be named where it goes to.
/// Errors: yaml.*; spec.bad_selection.
Result<void> read_selection(const std::string& source, const yaml::Node& node, const Names& names,
                            Selection& selection);

/// Errors: yaml.*; spec.bad_table. Whether the keys belong to cells is checked after expansion.
Result<TableLayout> read_table(const std::string& source, const yaml::Node& node,
                               const Names& names);

}  // namespace scanyard::spec
