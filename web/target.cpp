#include "web/target.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace scanyard::web {

std::optional<std::string> Target::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::string Target::without_parameter(std::string_view name) const {
  std::string address;
  for (const auto& segment : segments)
    address += "/" + percent_encoded(segment);
  if (address.empty()) address = "/";
  char separator = '?';
  for (const auto& [key, value] : query) {
    if (key == name) continue;
    address += separator + percent_encoded(key) + "=" + percent_encoded(value);
    separator = '&';
  }
  return address;
}

std::optional<Target> parse_target(std::string_view text) {
  const auto url = boost::urls::parse_origin_form({text.data(), text.size()});
  if (!url) return std::nullopt;
  Target target;
  for (const auto& segment : url->segments()) {
    if (!segment.empty()) target.segments.push_back(segment);
  }
  for (const auto& parameter : url->params())
    target.query.emplace_back(parameter.key, parameter.value);
  return target;
}

std::string percent_encoded(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (const unsigned char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      result += static_cast<char>(c);
    } else {
      result += {'%', digits[c >> 4], digits[c & 15]};
    }
  }
  return result;
}

}  // namespace scanyard::web
