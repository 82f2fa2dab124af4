#include "common/ids.hpp"

#include <fmt/format.h>

#include <charconv>

namespace scanyard {
namespace {

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::string RunId::hex() const {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text(2 * bytes.size(), '0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    text[2 * i] = digits[bytes[i] >> 4];
    text[2 * i + 1] = digits[bytes[i] & 15];
  }
  return text;
}

Result<RunId> RunId::parse(std::string_view text) {
  RunId id;
  if (text.size() != 2 * id.bytes.size()) {
    return fail(errc::bad_run_id,
                fmt::format("a run id has 32 hexadecimal digits, this has {}", text.size()));
  }
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    const int high = digit_value(text[2 * i]), low = digit_value(text[2 * i + 1]);
    if (high < 0 || low < 0) {
      return fail(errc::bad_run_id,
                  fmt::format("'{}' is not a lower-case hexadecimal run id", text));
    }
    id.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return id;
}

std::string Token::to_string() const {
  return fmt::format("{}.{}", epoch.value, number);
}

Result<Token> Token::parse(std::string_view text) {
  Token token;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, token.epoch.value);
  if (first.ec == std::errc() && first.ptr != end && *first.ptr == '.') {
    const auto second = std::from_chars(first.ptr + 1, end, token.number);
    if (second.ec == std::errc() && second.ptr == end && token.epoch.value >= 0 &&
        token.number >= 0)
      return token;
  }
  return fail(errc::bad_token, fmt::format("'{}' is not a token (epoch.number)", text));
}

}  // namespace scanyard
