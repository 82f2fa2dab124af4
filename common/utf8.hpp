//! UTF-8: what comes from trainers' logs and from the wire is checked before it reaches JSON,
//! SQLite or a page.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace scanyard {

/// True for well-formed UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF).
bool is_valid_utf8(std::string_view text);

/// The text with every malformed byte replaced by U+FFFD.
std::string to_valid_utf8(std::string_view text);

/// Longest prefix (or suffix) of a well-formed text of at most `bytes_max` bytes that ends (starts)
/// at a character border.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max);
std::string_view utf8_suffix(std::string_view text, std::size_t bytes_max);

}  // namespace scanyard
