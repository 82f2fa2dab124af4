//! The part of JSON Schema that the grammar's schema uses, for tests: does a YAML text satisfy it?
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace scanyard::spec {

/// YAML with the types of YAML 1.2's core schema. The text must parse.
nlohmann::json json_from_yaml(const std::string& yaml);

/// Empty when `value` satisfies `schema`, else the path of the first part that does not. Keywords that this checker
/// does not know make it fail too, so that a schema cannot grow past its test.
std::string first_violation(const nlohmann::json& schema, const nlohmann::json& value);

}  // namespace scanyard::spec
