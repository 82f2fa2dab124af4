#include "web/format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "common/text.hpp"

namespace scanyard::web {
namespace {

constexpr std::string_view minus = "\u2212";

struct CivilTime {
  std::int64_t year = 0;
  int month = 0, day = 0, hour = 0, minute = 0, second = 0, millisecond = 0;
};

/// Gregorian calendar from milliseconds since 1970, also before it. The years are counted from
/// March, so that a leap day is the last of its year.
CivilTime civil(TimePoint time) {
  constexpr std::int64_t day_ms = 86'400'000;
  std::int64_t days = time.ms / day_ms;
  std::int64_t rest = time.ms % day_ms;
  if (rest < 0) {
    rest += day_ms;
    --days;
  }
  days += 719'468;  // days from 0000-03-01 to 1970-01-01
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const std::int64_t of_era = days - era * 146'097;
  const std::int64_t year_of_era =
      (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t from_march = (5 * of_year + 2) / 153;
  CivilTime result;
  result.day = static_cast<int>(of_year - (153 * from_march + 2) / 5 + 1);
  result.month = static_cast<int>(from_march < 10 ? from_march + 3 : from_march - 9);
  result.year = year_of_era + era * 400 + (result.month <= 2 ? 1 : 0);
  result.hour = static_cast<int>(rest / 3'600'000);
  result.minute = static_cast<int>(rest / 60'000 % 60);
  result.second = static_cast<int>(rest / 1000 % 60);
  result.millisecond = static_cast<int>(rest % 1000);
  return result;
}

std::optional<double> as_number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string fixed(double value, int decimals) {
  if (!std::isfinite(value)) return "not finite";
  std::string digits = fmt::format("{:.{}f}", std::abs(value), decimals);
  const bool is_zero = digits.find_first_not_of("0.") == std::string::npos;
  return value < 0 && !is_zero ? std::string(minus) + digits : digits;
}

std::string with_sign(double value, int decimals) {
  const std::string text = fixed(value, decimals);
  const bool is_zero = text.find_first_not_of("0.") == std::string::npos;
  return value > 0 && !is_zero && std::isfinite(value) ? "+" + text : text;
}

std::string significant(double value, int digits) {
  if (!std::isfinite(value)) return "not finite";
  const std::string text = fmt::format("{:.{}g}", std::abs(value), digits);
  return value < 0 ? std::string(minus) + text : text;
}

std::string utc_text(TimePoint time) {
  const CivilTime t = civil(time);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", t.year, t.month, t.day, t.hour,
                     t.minute, t.second);
}

std::string utc_machine(TimePoint time) {
  const CivilTime t = civil(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", t.year, t.month, t.day, t.hour,
                     t.minute, t.second, t.millisecond);
}

std::string age_text(TimePoint now, TimePoint then) {
  const std::int64_t seconds = (now - then).ms / 1000;
  if (seconds < 1) return "now";
  if (seconds < 60) return fmt::format("{} s ago", seconds);
  if (seconds < 3600) return fmt::format("{} min ago", seconds / 60);
  if (seconds < 2 * 86'400) return fmt::format("{} h ago", seconds / 3600);
  return fmt::format("{} d ago", seconds / 86'400);
}

std::string span_text(TimePoint from, TimePoint to) {
  return human_duration(static_cast<double>((to - from).ms) / 1000);
}

std::string bytes_text(std::int64_t bytes) {
  constexpr double mebibyte = 1 << 20;
  const double value = static_cast<double>(bytes);
  if (value >= 1024 * mebibyte) return fmt::format("{:.1f} GiB", value / 1024 / mebibyte);
  if (value >= mebibyte) return fmt::format("{:.0f} MiB", value / mebibyte);
  return fmt::format("{} bytes", with_thousands(bytes));
}

Fields json_fields(std::string_view json) {
  const auto parsed = nlohmann::ordered_json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return {{"", std::string(json)}};
  Fields fields;
  for (const auto& [name, value] : parsed.items()) {
    using nlohmann::ordered_json;
    fields.emplace_back(name,
                        value.is_string() ? value.get<std::string>()
                        : value.is_number_float()
                            ? fmt::format("{}", value.get<double>())
                            : value.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
  }
  return fields;
}

std::string fields_text(const Fields& fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    if (!text.empty()) text += ", ";
    text += name.empty() ? value : name + " " + value;
  }
  return text;
}

bool natural_less(const std::string& a, const std::string& b) {
  const auto left = as_number(a);
  const auto right = as_number(b);
  if (left && right && *left != *right) return *left < *right;
  if (left.has_value() != right.has_value()) return left.has_value();
  return a < b;
}

}  // namespace scanyard::web
