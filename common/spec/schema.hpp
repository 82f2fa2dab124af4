//! The grammar as JSON Schema, for editors that complete and check YAML.
#pragma once

#include <string>

#include "common/spec/vocabulary.hpp"

namespace scanyard::spec {

/// JSON Schema (draft 2020-12) of a sweep file, two spaces of indent. Made from the tables that the
/// parser reads (grammar.hpp, the vocabulary), so that it has exactly the parser's keys. Every
/// valid spec satisfies it; what depends on more than one value (lengths of a zip, names in
/// expressions) only the parser knows.
std::string json_schema(const Vocabulary& vocabulary);

}  // namespace scanyard::spec
