#include "common/spec/schema.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "common/assert.hpp"
#include "common/spec/grammar.hpp"
#include "common/spec/names.hpp"
#include "common/spec/selection.hpp"

namespace scanyard::spec {
namespace {

using nlohmann::ordered_json;

constexpr const char* dotted_pattern = "^-?[0-9]+[.][.]-?[0-9]+$";

ordered_json reference_to(const std::string& name) {
  return {{"$ref", "#/$defs/" + name}};
}

ordered_json object(ordered_json properties) {
  return {
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

/// One of it, or a list of them.
ordered_json one_or_list(const ordered_json& one) {
  return {{"anyOf", {one, {{"type", "array"}, {"items", one}}}}};
}

const char* type_name(ValueType type) {
  switch (type) {
    case ValueType::boolean:
      return "boolean";
    case ValueType::integer:
      return "integer";
    case ValueType::real:
      return "number";
    case ValueType::text:
      return "string";
  }
  SCANYARD_ASSERT(false, "every type of value is listed above");
}

class SchemaWriter {
 public:
  explicit SchemaWriter(const Vocabulary& vocabulary) : vocabulary_(vocabulary) {}

  ordered_json write() {
    ordered_json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                           {"title", "Scanyard sweep"}};
    schema.update(place(in_file));
    ordered_json definitions;
    for (const auto& key : vocabulary_.keys()) {
      definitions["value_" + key.name] = value_of(key);
      definitions["axis_" + key.name] = axis_of(key);
    }
    definitions["helper"] = {{"type", "number"},
                             {"description", "a name of this file's own that some 'derive' uses"}};
    definitions["helper_axis"] = number_axis(reference_to("helper"));
    definitions["expression"] = {
        {"type", {"string", "number", "boolean"}},
        {"description", "numbers, names, + - * / % ^, comparisons, and, or, not, a ? b : c"}};
    definitions["range"] = range();
    definitions["key"] = {{"type", "string"}, {"enum", key_names()}};
    definitions["values"] = keyed("value_", "helper", false);
    definitions["axes"] = keyed("axis_", "helper_axis", false);
    definitions["axes_and_seed"] = keyed("axis_", "helper_axis", true);
    definitions["derivations"] = derive();
    definitions["condition"] = {
        {"anyOf", {reference_to("expression"), reference_to("axes_and_seed")}}};
    definitions["block"] = place(in_block);
    definitions["when"] = place(in_when);
    definitions["when"]["required"] = {"if"};
    schema["$defs"] = std::move(definitions);
    return schema;
  }

 private:
  ordered_json place(Place place) const {
    ordered_json properties;
    for (const auto& construct : constructs()) {
      if ((construct.places & place) == 0) continue;
      ordered_json form = form_of(construct.form);
      form["description"] = construct.doc;
      properties[std::string(construct.key)] = std::move(form);
    }
    return object(std::move(properties));
  }

  ordered_json form_of(Form form) const {
    switch (form) {
      case Form::text:
        return {{"type", "string"}};
      case Form::run_limit:
        return {{"type", "integer"}, {"minimum", 1}};
      case Form::preset:
        return presets();
      case Form::fixed:
        return reference_to("values");
      case Form::grid:
        return reference_to("axes");
      case Form::zip:
        return one_or_list(reference_to("axes"));
      case Form::derive:
        return reference_to("derivations");
      case Form::seeds:
        return reference_to(fmt::format("axis_{}", seed_key));
      case Form::condition:
        return reference_to("condition");
      case Form::whens:
        return one_or_list(reference_to("when"));
      case Form::constraints:
        return one_or_list(reference_to("expression"));
      case Form::excludes:
        return one_or_list(reference_to("condition"));
      case Form::includes:
        return one_or_list(reference_to("axes_and_seed"));
      case Form::selection:
        return selection();
      case Form::table:
        return table();
      case Form::blocks:
        return {{"type", "array"}, {"items", reference_to("block")}, {"minItems", 1}};
    }
    SCANYARD_ASSERT(false, "every form is listed above");
  }

  /// A mapping from keys of a run; other names are helpers.
  ordered_json keyed(const std::string& prefix, const std::string& helper, bool with_seed) const {
    ordered_json properties = ordered_json::object();
    for (const auto& key : vocabulary_.keys()) {
      if (key.name == seed_key && !with_seed) continue;
      properties[key.name] = reference_to(prefix + key.name);
    }
    ordered_json mapping = object(std::move(properties));
    if (!with_seed) mapping["not"] = {{"required", {seed_key}}};
    mapping["additionalProperties"] = reference_to(helper);
    return mapping;
  }

  ordered_json derive() const {
    ordered_json properties = ordered_json::object();
    for (const auto& key : vocabulary_.keys()) {
      if (key.name != seed_key && key.type != ValueType::text)
        properties[key.name] = reference_to("expression");
    }
    ordered_json mapping = object(std::move(properties));
    mapping["additionalProperties"] = reference_to("expression");
    return mapping;
  }

  static ordered_json value_of(const Key& key) {
    ordered_json value = {{"type", type_name(key.type)}, {"description", key.doc}};
    if (!key.choices.empty()) value["enum"] = key.choices;
    const auto limit = [&](const char* name, std::optional<double> number) {
      if (!number) return;
      if (key.type == ValueType::integer) {
        value[name] = static_cast<std::int64_t>(*number);
      } else {
        value[name] = *number;
      }
    };
    limit("minimum", key.minimum);
    limit("maximum", key.maximum);
    return value;
  }

  static ordered_json axis_of(const Key& key) {
    const ordered_json one = reference_to("value_" + key.name);
    ordered_json axis =
        key.type == ValueType::integer || key.type == ValueType::real
            ? number_axis(one)
            : ordered_json{{"anyOf", {one, {{"type", "array"}, {"items", one}, {"minItems", 1}}}}};
    axis["description"] = key.doc;
    return axis;
  }

  static ordered_json number_axis(const ordered_json& one) {
    return {{"anyOf",
             {one,
              {{"type", "array"}, {"items", one}, {"minItems", 1}},
              {{"type", "string"}, {"pattern", dotted_pattern}},
              reference_to("range")}}};
  }

  static ordered_json range() {
    const ordered_json ends = {
        {"type", "array"}, {"items", {{"type", "number"}}}, {"minItems", 2}, {"maxItems", 2}};
    ordered_json properties;
    for (const auto& field : range_fields()) {
      ordered_json form = {{"type", "number"}};
      if (field.key == "log" || field.key == "linear") form = ends;
      if (field.key == "count")
        form = {{"type", "integer"}, {"minimum", 2}, {"maximum", axis_values_max}};
      if (field.key == "digits")
        form = {{"type", "integer"}, {"minimum", 1}, {"maximum", digits_max}};
      form["description"] = field.doc;
      properties[std::string(field.key)] = std::move(form);
    }
    ordered_json mapping = object(std::move(properties));
    mapping["oneOf"] = {{{"required", {"log"}}}, {{"required", {"linear"}}}};
    return mapping;
  }

  ordered_json presets() const {
    ordered_json names = ordered_json::array();
    for (const auto& preset : vocabulary_.presets())
      names.push_back(preset.name);
    return {{"type", "string"}, {"enum", names}};
  }

  ordered_json key_names() const {
    ordered_json names = ordered_json::array();
    for (const auto& key : vocabulary_.keys())
      names.push_back(key.name);
    return names;
  }

  ordered_json selection() const {
    ordered_json properties;
    for (const auto& field : selection_fields()) {
      ordered_json form = one_or_list(reference_to("key"));
      if (field.key == "report") form = {{"type", "string"}, {"enum", reported_epoch_texts()}};
      if (field.key == "metric") form = {{"type", "string"}, {"enum", metric_texts()}};
      if (field.key == "decimals")
        form = {{"type", "integer"}, {"minimum", 0}, {"maximum", decimals_max}};
      form["description"] = field.doc;
      properties[std::string(field.key)] = std::move(form);
    }
    return object(std::move(properties));
  }

  static ordered_json table() {
    ordered_json properties;
    for (const auto& field : table_fields()) {
      ordered_json form = one_or_list({{"type", "string"}});
      form["description"] = field.doc;
      properties[std::string(field.key)] = std::move(form);
    }
    return object(std::move(properties));
  }

  const Vocabulary& vocabulary_;
};

}  // namespace

std::string json_schema(const Vocabulary& vocabulary) {
  return SchemaWriter(vocabulary).write().dump(2) + '\n';
}

}  // namespace scanyard::spec
