#include "common/yaml/scalar.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "common/yaml/errc.hpp"

namespace scanyard::yaml {
namespace {

tl::unexpected<Error> wrong_type(const Node& node, const Place& place, std::string_view wanted,
                                 std::string_view hint = {}) {
  const std::string_view gap = hint.empty() ? "" : "; ";
  return fail_at(
      errc::wrong_type, place.source, node.line,
      fmt::format("'{}' must be {}, not {}{}{}", place.key, wanted, describe(node), gap, hint));
}

template <class Number>
std::optional<Number> number_from(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  Number value{};
  const char* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, value);
  if (failed != std::errc() || stop != end) return std::nullopt;
  return value;
}

/// YAML 1.1 reads 010 as eight and 1.2 as ten: a number that means two things is refused.
bool has_leading_zero(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
}

std::string_view quotes_hint(const Node& node) {
  return node.is_scalar() && node.quoted ? "write it without quotes" : "";
}

}  // namespace

Result<void> read_scalar(const Node& node, const Place& place, bool& value) {
  if (!node.is_scalar() || node.quoted || (node.text != "true" && node.text != "false")) {
    return wrong_type(node, place, "true or false", quotes_hint(node));
  }
  value = node.text == "true";
  return {};
}

Result<void> read_scalar(const Node& node, const Place& place, std::int64_t& value) {
  if (!node.is_scalar() || node.quoted)
    return wrong_type(node, place, "a whole number", quotes_hint(node));
  if (has_leading_zero(node.text))
    return wrong_type(node, place, "a whole number", "drop the leading zeros");
  if (const auto whole = number_from<std::int64_t>(node.text)) {
    value = *whole;
    return {};
  }
  // Beyond 2^53 a double no longer holds every whole number, so only digits are accepted there.
  const auto real = number_from<double>(node.text);
  if (!real || std::floor(*real) != *real || std::abs(*real) > 9007199254740992.0) {
    return wrong_type(node, place, "a whole number");
  }
  value = static_cast<std::int64_t>(*real);
  return {};
}

Result<void> read_scalar(const Node& node, const Place& place, std::int32_t& value) {
  std::int64_t wide = 0;
  if (auto done = read_scalar(node, place, wide); !done) return done;
  if (wide < std::numeric_limits<std::int32_t>::min() ||
      wide > std::numeric_limits<std::int32_t>::max()) {
    return fail_at(errc::out_of_range, place.source, node.line,
                   fmt::format("'{}' is {}, beyond what it can hold", place.key, node.text));
  }
  value = static_cast<std::int32_t>(wide);
  return {};
}

Result<void> read_scalar(const Node& node, const Place& place, double& value) {
  if (!node.is_scalar() || node.quoted)
    return wrong_type(node, place, "a number", quotes_hint(node));
  if (has_leading_zero(node.text))
    return wrong_type(node, place, "a number", "drop the leading zeros");
  const auto real = number_from<double>(node.text);
  if (!real || !std::isfinite(*real)) return wrong_type(node, place, "a finite number");
  value = *real;
  return {};
}

Result<void> read_scalar(const Node& node, const Place& place, std::string& value) {
  if (!node.is_scalar()) return wrong_type(node, place, "text");
  value = node.text;
  return {};
}

Result<void> read_scalar(const Node& node, const Place& place, Duration& value) {
  static constexpr std::pair<std::string_view, double> units[] = {
      {"ms", 1}, {"s", 1e3}, {"min", 60e3}, {"h", 3600e3}, {"d", 86400e3}};
  const std::string_view wanted = "a duration such as '500 ms', '10 s', '5 min', '2 h' or '3 d'";
  if (!node.is_scalar()) return wrong_type(node, place, wanted);
  const std::string_view text = node.text;
  const std::size_t number_end = text.find_first_not_of("0123456789.");
  if (number_end == std::string_view::npos) return wrong_type(node, place, wanted);
  const auto number = number_from<double>(text.substr(0, number_end));
  const std::size_t unit_start = text.find_first_not_of(' ', number_end);
  for (const auto& [unit, ms] : units) {
    if (!number || unit_start == std::string_view::npos || text.substr(unit_start) != unit)
      continue;
    if (*number * ms > 1e15) break;
    value.ms = std::llround(*number * ms);
    return {};
  }
  return wrong_type(node, place, wanted);
}

}  // namespace scanyard::yaml
