//! Long lists in parts: which part is shown, and links to the others.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "web/html/escape.hpp"

namespace scanyard::web {

/// One part of `total` things.
struct Part {
  std::size_t first = 0;  ///< index of the first that is shown; a multiple of `size_max`
  std::size_t end = 0;    ///< one past the last
  std::size_t total = 0;
  std::size_t size_max = 1;

  bool is_all() const { return end - first == total; }
};

/// The part in which index `asked` lies; the last one when it lies behind the end.
Part part_at(std::size_t asked, std::size_t total, std::size_t size_max);

/// "Rows 61 to 120 of 400: first, previous, next, last" with links, "" when everything is shown.
/// `address` gives the address of the part that starts at an index.
Html part_links(std::string_view what, const Part& part,
                const std::function<std::string(std::size_t first)>& address);

}  // namespace scanyard::web
