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
  std::uint64_t runs_max =
      2'000'000;  ///< a spec that expands to more is refused before memory is spent
};

/// Parses and expands a spec. `source_name` is what error messages call the text ("sweeps/a.yaml").
/// Errors: spec.* with file, line, key and the nearest valid key; catalog.* with the line of the
/// block.
Result<Expansion> expand(std::string_view yaml, const std::string& source_name,
                         const Vocabulary& vocabulary, const ExpandOptions& options = {});

}  // namespace scanyard::spec
