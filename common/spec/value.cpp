#include "common/spec/value.hpp"

#include "common/assert.hpp"
#include "common/text.hpp"

namespace scanyard::spec {

std::string canonical_text(const Value& value) {
  if (const auto* boolean = std::get_if<bool>(&value)) return *boolean ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&value)) return canonical_number(*real);
  std::string json;
  append_json_string(json, std::get<std::string>(value));
  return json;
}

void append_json_string(std::string& json, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  json += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (c == '\n') {
      json += "\\n";
    } else if (byte < 0x20) {
      json += "\\u00";
      json += digits[byte >> 4];
      json += digits[byte & 15];
    } else {
      json += c;
    }
  }
  json += '"';
}

std::string_view describe(ValueType type) {
  switch (type) {
    case ValueType::boolean:
      return "true or false";
    case ValueType::integer:
      return "a whole number";
    case ValueType::real:
      return "a number";
    case ValueType::text:
      return "text";
  }
  SCANYARD_ASSERT(false, "every type of value is listed above");
}

}  // namespace scanyard::spec
