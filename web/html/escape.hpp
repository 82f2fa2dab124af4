//! From any bytes to text that is safe inside HTML, SVG and XML. Names and log tails come from
//! users, trainers and workers: they are hostile until they went through here.
#pragma once

#include <string>
#include <string_view>

namespace scanyard::web {

/// Markup that is ready to be sent. A type of its own, so that plain text can never be taken for
/// it.
struct Html {
  std::string text;
  friend bool operator==(const Html&, const Html&) = default;
};

/// Valid UTF-8 without what could act on a terminal or reorder a line: escape sequences of
/// terminals (colours) are dropped, other control characters except newline and tab, broken bytes
/// and the characters that change the direction of text become U+FFFD.
std::string cleaned(std::string_view bytes);

/// Cleaned, then with & < > " ' as character references: fits between tags and inside quoted
/// attributes.
Html escaped(std::string_view bytes);

}  // namespace scanyard::web
