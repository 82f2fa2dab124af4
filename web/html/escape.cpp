#include "web/html/escape.hpp"

#include <cstdint>
#include <utility>

#include "common/utf8.hpp"

namespace scanyard::web {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

/// The code point at the start of well-formed UTF-8, and how many bytes it takes.
std::pair<std::uint32_t, std::size_t> decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  std::uint32_t code_point = first & (0x7F >> length);
  for (std::size_t i = 1; i < length; ++i)
    code_point = code_point << 6 | (byte(i) & 0x3F);
  return {code_point, length};
}

bool changes_direction(std::uint32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

bool is_control(std::uint32_t c) {
  return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c < 0xA0) || c == 0xFFFE ||
         c == 0xFFFF;
}

/// Bytes of a terminal's escape sequence at the start of `bytes` ("\x1b[31m"), 0 when none is.
std::size_t escape_sequence_length(std::string_view bytes) {
  if (!bytes.starts_with("\x1b[")) return 0;
  std::size_t end = 2;
  while (end < bytes.size() && bytes[end] >= 0x20 && bytes[end] <= 0x3F)
    ++end;
  const bool complete = end < bytes.size() && bytes[end] >= 0x40 && bytes[end] <= 0x7E;
  return complete ? end + 1 : 0;
}

}  // namespace

std::string cleaned(std::string_view bytes) {
  const std::string valid = to_valid_utf8(bytes);
  std::string result;
  result.reserve(valid.size());
  for (std::string_view rest = valid; !rest.empty();) {
    if (const std::size_t skipped = escape_sequence_length(rest)) {
      rest.remove_prefix(skipped);
      continue;
    }
    if (rest.starts_with("\r\n")) rest.remove_prefix(1);
    const auto [code_point, length] = decode(rest);
    const bool harmful = is_control(code_point) || changes_direction(code_point);
    result += harmful ? replacement : rest.substr(0, length);
    rest.remove_prefix(length);
  }
  return result;
}

Html escaped(std::string_view bytes) {
  const std::string text = cleaned(bytes);
  Html html;
  html.text.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&':
        html.text += "&amp;";
        break;
      case '<':
        html.text += "&lt;";
        break;
      case '>':
        html.text += "&gt;";
        break;
      case '"':
        html.text += "&quot;";
        break;
      case '\'':
        html.text += "&#39;";
        break;
      default:
        html.text += c;
    }
  }
  return html;
}

}  // namespace scanyard::web
