#include "common/tables/rounding.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "common/assert.hpp"

namespace scanyard::tables {
namespace {

/// Shortest digits that read back as `value`, without an exponent.
std::string shortest_fixed(double value) {
  std::array<char, 400> buffer;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed)
          .ptr;
  return std::string(buffer.data(), end);
}

/// Adds one to the last digit of a text of digits with at most one point.
void increment(std::string& digits) {
  for (std::size_t i = digits.size(); i-- > 0;) {
    if (digits[i] == '.') continue;
    if (digits[i] != '9') {
      ++digits[i];
      return;
    }
    digits[i] = '0';
  }
  digits.insert(digits.begin(), '1');
}

}  // namespace

std::string fixed_text(double value, int decimals) {
  SCANYARD_ASSERT(decimals >= 0 && decimals <= 15, "decimals are in 0..15");
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::string digits = shortest_fixed(std::fabs(value));
  if (digits.find('.') == digits.npos) digits += '.';
  const std::size_t point = digits.find('.');
  const std::size_t wanted = point + 1 + static_cast<std::size_t>(decimals);
  const bool up = digits.size() > wanted && digits[wanted] >= '5';
  digits.resize(wanted, '0');
  if (up) increment(digits);
  if (decimals == 0) digits.pop_back();
  const bool zero = digits.find_first_not_of("0.") == digits.npos;
  return std::signbit(value) && !zero ? "-" + digits : digits;
}

double round_decimals(double value, int decimals) {
  if (!std::isfinite(value)) return value;
  const std::string text = fixed_text(value, decimals);
  double rounded = 0;
  std::from_chars(text.data(), text.data() + text.size(), rounded);
  return rounded;
}

int decimals_of(double value) {
  const std::string digits = shortest_fixed(value);
  const auto point = digits.find('.');
  return point == digits.npos ? 0 : static_cast<int>(digits.size() - point - 1);
}

}  // namespace scanyard::tables
