#include "tests/common/spec/schema_checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <charconv>
#include <cmath>
#include <regex>

#include "common/yaml/node.hpp"

namespace scanyard::spec {
namespace {

using nlohmann::json;

json scalar_json(const yaml::Node& node) {
  if (node.quoted) return node.text;
  if (node.text == "true" || node.text == "false") return node.text == "true";
  const char* end = node.text.data() + node.text.size();
  std::int64_t whole = 0;
  if (std::from_chars(node.text.data(), end, whole).ptr == end) return whole;
  double real = 0;
  if (std::from_chars(node.text.data(), end, real).ptr == end) return real;
  return node.text;
}

json node_json(const yaml::Node& node) {
  if (node.is_null()) return nullptr;
  if (node.is_scalar()) return scalar_json(node);
  if (node.is_sequence()) {
    json list = json::array();
    for (const auto& item : node.items)
      list.push_back(node_json(item));
    return list;
  }
  json mapping = json::object();
  for (const auto& entry : node.entries)
    mapping[entry.key] = node_json(entry.value);
  return mapping;
}

class Checker {
 public:
  explicit Checker(const json& root) : root_(root) {}

  std::string check(const json& schema, const json& value, const std::string& path) const {
    for (const auto& [keyword, operand] : schema.items()) {
      const std::string violation = check_keyword(keyword, operand, schema, value, path);
      if (!violation.empty()) return violation;
    }
    return {};
  }

 private:
  std::string check_keyword(const std::string& keyword, const json& operand, const json& schema, const json& value,
                            const std::string& path) const {
    const std::string here = fmt::format("{}: {} {}", path, keyword, value.dump());
    const auto expect = [&](bool holds) { return holds ? std::string() : here; };
    const bool ignored = keyword == "$schema" || keyword == "title" || keyword == "description" || keyword == "$defs" ||
                         keyword == "additionalProperties";
    if (ignored) return {};
    if (keyword == "$ref") {
      return check(root_.at(json::json_pointer(operand.get<std::string>().substr(1))), value, path);
    }
    if (keyword == "type") return expect(has_type(operand, value));
    if (keyword == "enum") return expect(std::find(operand.begin(), operand.end(), value) != operand.end());
    if (keyword == "minimum") return expect(!value.is_number() || value >= operand);
    if (keyword == "maximum") return expect(!value.is_number() || value <= operand);
    if (keyword == "minItems") return expect(!value.is_array() || value.size() >= operand);
    if (keyword == "maxItems") return expect(!value.is_array() || value.size() <= operand);
    if (keyword == "pattern") return expect(!value.is_string() || matches(operand, value));
    if (keyword == "required") return expect(!value.is_object() || has_all(operand, value));
    if (keyword == "not") return expect(!check(operand, value, path).empty());
    if (keyword == "anyOf") return expect(count_valid(operand, value, path) >= 1);
    if (keyword == "oneOf") return expect(count_valid(operand, value, path) == 1);
    if (keyword == "items") return check_items(operand, value, path);
    if (keyword == "properties") return check_properties(operand, schema, value, path);
    return path + ": unknown keyword " + keyword;
  }

  static bool matches(const json& pattern, const json& value) {
    return std::regex_search(value.get<std::string>(), std::regex(pattern.get<std::string>()));
  }

  static bool has_all(const json& keys, const json& value) {
    return std::all_of(keys.begin(), keys.end(),
                       [&](const json& key) { return value.contains(key.get<std::string>()); });
  }

  static bool has_type(const json& type, const json& value) {
    if (type.is_array()) {
      return std::any_of(type.begin(), type.end(), [&](const json& one) { return has_type(one, value); });
    }
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "number") return value.is_number();
    // A real without a fraction is an integer for JSON Schema.
    if (type == "integer") return value.is_number() && value.get<double>() == std::floor(value.get<double>());
    return false;
  }

  int count_valid(const json& schemas, const json& value, const std::string& path) const {
    return int(std::count_if(schemas.begin(), schemas.end(),
                             [&](const json& schema) { return check(schema, value, path).empty(); }));
  }

  std::string check_items(const json& schema, const json& value, const std::string& path) const {
    if (!value.is_array()) return {};
    for (std::size_t i = 0; i < value.size(); ++i) {
      const auto violation = check(schema, value[i], fmt::format("{}[{}]", path, i));
      if (!violation.empty()) return violation;
    }
    return {};
  }

  std::string check_properties(const json& properties, const json& schema, const json& value,
                               const std::string& path) const {
    if (!value.is_object()) return {};
    for (const auto& [key, member] : value.items()) {
      const std::string inner = path + "." + key;
      const json& part = properties.contains(key) ? properties.at(key) : schema.at("additionalProperties");
      if (part == false) return inner + ": no such key";
      const auto violation = check(part, member, inner);
      if (!violation.empty()) return violation;
    }
    return {};
  }

  const json& root_;
};

}  // namespace

json json_from_yaml(const std::string& yaml) {
  const auto document = yaml::parse(yaml, "s.yaml");
  REQUIRE(document);
  return node_json(document->root);
}

std::string first_violation(const json& schema, const json& value) {
  return Checker(schema).check(schema, value, "$");
}

}  // namespace scanyard::spec
