//! From the text of a spec to its runs. Pure: same text and vocabulary, same expansion, byte for
//! byte.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/error.hpp"
#include "common/spec/expansion.hpp"

namespace scanyard::spec {

struct ExpandOptions {
  /// A spec that expands to more is refused before memory is spent.
  std::uint64_t runs_max = 2'000'000;
  /// A spec that makes it look at more, most of them excluded, is refused too.
  std::uint64_t combinations_max = 20'000'000;
};

/// Parses and expands a spec. `source_name` is what error messages call the text ("sweeps/a.yaml").
/// Errors, each "FILE:LINE: ...": yaml.* (form: unknown, doubled or mistyped keys with the nearest
/// valid one), spec.* (meaning), catalog.* (shapes that the vocabulary refuses). Thread-safe.
Result<Expansion> expand(std::string_view yaml, const std::string& source_name,
                         const Vocabulary& vocabulary, const ExpandOptions& options = {});

}  // namespace scanyard::spec
