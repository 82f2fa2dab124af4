//! Lays what a whole file says and what one block says over each other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/spec/document.hpp"

namespace scanyard::spec {

/// Everything that holds for one block, or for one `include` of it. Refers to the document.
struct ResolvedBlock {
  std::uint32_t block = 0;  ///< index into Expansion::blocks
  std::string name;
  int line = 1;
  int include_line = 0;            ///< of the `include` that this stands for, 0 = the block itself
  std::vector<FixedValue> preset;  ///< what everything else wins over
  Settings settings;               ///< axes in canonical order
  std::vector<When> whens;
  std::vector<const Constraint*> constraints;
  std::vector<const Exclude*> excludes;  ///< none for an include: it brings back what was excluded
};

/// One for each block and each include, in the order of the file. What a block sets replaces what
/// the file sets for all blocks; what an include names replaces both. The document must outlive the
/// result. Errors: spec.set_twice, spec.bad_zip (a part of a zip is replaced).
Result<std::vector<ResolvedBlock>> resolve(const SpecDocument& document);

/// Seeds last, else by the first slot: the order in which axes are nested, whatever the order in
/// the file.
bool nests_before(const Names& names, const AxisGroup& a, const AxisGroup& b);

}  // namespace scanyard::spec
