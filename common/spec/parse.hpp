//! From the text of a spec to its document: names, types and values are checked, nothing is
//! combined yet.
#pragma once

#include <string>
#include <string_view>

#include "common/spec/document.hpp"

namespace scanyard::spec {

/// The vocabulary must outlive the document. Errors: yaml.*, spec.*, all with file and line.
Result<SpecDocument> parse_spec(std::string_view yaml, const std::string& source_name,
                                const Vocabulary& vocabulary);

}  // namespace scanyard::spec
