//! Makes assignments complete and canonical; what vocabulary() and parse_shape() share.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "common/spec/vocabulary.hpp"
#include "tasks/catalog/rows.hpp"
#include "tasks/catalog/versions.hpp"

namespace scanyard::catalog {

/// All keys, sorted by name: the union of the common keys and those of every row.
std::span<const spec::Key> all_keys();

/// Position in all_keys(). The name must be one of them.
std::size_t key_index(std::string_view name);

/// Position in all_keys(), or nothing.
std::optional<std::size_t> find_key(std::string_view name);

/// Checks one value against its key. Errors: catalog.bad_value with what would be right.
Result<void> check_value(const spec::Key& key, const spec::Value& value);

/// Everything of Vocabulary::complete that concerns keys of shape scope, without the alias: after
/// it hlru at m = 1 is still hlru.
Result<void> complete_shape(spec::Assignment& assignment);

/// Replaces a model by the one that it is at these values (ModelRow::same_as). The shape must be
/// complete.
void apply_alias(spec::Assignment& assignment);

/// Fills the replica keys of a complete shape. Errors: catalog.missing_key, bad_value.
Result<void> complete_replica(spec::Assignment& assignment);

}  // namespace scanyard::catalog
