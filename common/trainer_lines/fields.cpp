#include "common/trainer_lines/fields.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <utility>

namespace scanyard::trainer_lines {

using nlohmann::json;

namespace {

const json& empty_object() {
  static const json object = json::object();
  return object;
}

}  // namespace

json number_to_json(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

Fields::Fields(const json& object, std::string where, std::string& first_error)
    : object_(&object), where_(std::move(where)), first_error_(&first_error) {
  if (object.is_object()) return;
  if (first_error_->empty()) {
    *first_error_ = where_.empty() ? "the line is not a JSON object" : where_ + " is not an object";
  }
  object_ = &empty_object();
}

std::string Fields::path(const char* name) const {
  return where_.empty() ? name : where_ + "." + name;
}

void Fields::wrong(const char* name, std::string_view what) {
  if (first_error_->empty()) *first_error_ = fmt::format("'{}' {}", path(name), what);
}

const json* Fields::member(const char* name) {
  const auto found = object_->find(name);
  if (found != object_->end()) return &*found;
  wrong(name, "is missing");
  return nullptr;
}

std::string Fields::text(const char* name) {
  const json* value = member(name);
  if (value == nullptr) return {};
  if (value->is_string()) return value->get<std::string>();
  wrong(name, "must be a text");
  return {};
}

std::string Fields::text_or_empty(const char* name) {
  const auto found = object_->find(name);
  return found == object_->end() || found->is_null() ? std::string() : text(name);
}

bool Fields::boolean(const char* name) {
  const json* value = member(name);
  if (value == nullptr) return false;
  if (value->is_boolean()) return value->get<bool>();
  wrong(name, "must be true or false");
  return false;
}

std::int64_t Fields::integer(const char* name, std::int64_t minimum, std::int64_t maximum) {
  const json* value = member(name);
  if (value == nullptr) return minimum;
  const bool too_large_for_signed =
      value->is_number_unsigned() && value->get<std::uint64_t>() > std::uint64_t{INT64_MAX};
  if (value->is_number_integer() && !too_large_for_signed) {
    const auto number = value->get<std::int64_t>();
    if (number >= minimum && number <= maximum) return number;
  }
  wrong(name, fmt::format("must be an integer from {} to {}", minimum, maximum));
  return minimum;
}

double Fields::number(const char* name) {
  const json* value = member(name);
  if (value == nullptr) return 0;
  if (value->is_number()) return value->get<double>();
  if (*value == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (*value == "Infinity") return std::numeric_limits<double>::infinity();
  if (*value == "-Infinity") return -std::numeric_limits<double>::infinity();
  wrong(name, "must be a number (or \"NaN\", \"Infinity\", \"-Infinity\")");
  return 0;
}

RunId Fields::run_of(const json& value, const char* name) {
  if (value.is_string()) {
    if (auto id = RunId::parse(value.get_ref<const std::string&>())) return *id;
  }
  wrong(name, "must hold run ids of 32 hexadecimal digits");
  return {};
}

RunId Fields::run(const char* name) {
  const json* value = member(name);
  return value == nullptr ? RunId{} : run_of(*value, name);
}

std::vector<RunId> Fields::runs(const char* name) {
  std::vector<RunId> ids;
  const json* value = member(name);
  if (value == nullptr) return ids;
  if (!value->is_array()) {
    wrong(name, "must be a list");
    return ids;
  }
  for (const auto& item : *value) ids.push_back(run_of(item, name));
  return ids;
}

std::string Fields::json_text(const char* name) {
  const json* value = member(name);
  if (value == nullptr) return {};
  return value->dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<Fields> Fields::optional_object(const char* name) {
  const auto found = object_->find(name);
  if (found == object_->end() || found->is_null()) return std::nullopt;
  return Fields(*found, path(name), *first_error_);
}

Fields Fields::object(const char* name) {
  const json* value = member(name);
  return Fields(value == nullptr ? empty_object() : *value, path(name), *first_error_);
}

std::vector<Fields> Fields::objects(const char* name) {
  std::vector<Fields> all;
  const json* value = member(name);
  if (value == nullptr) return all;
  if (!value->is_array()) {
    wrong(name, "must be a list");
    return all;
  }
  for (std::size_t i = 0; i < value->size(); ++i) {
    all.emplace_back((*value)[i], fmt::format("{}[{}]", path(name), i), *first_error_);
  }
  return all;
}

}  // namespace scanyard::trainer_lines
