//! What every page of the site is: a title, its place in the navigation and its content.
#pragma once

#include <cstdint>
#include <string>

#include "web/html/escape.hpp"

namespace scanyard::web {

enum class Section { none, sweeps, workers, coordinator };

struct Page {
  std::string title;  ///< plain text
  Section section = Section::none;
  Html content;
};

/// Whether a page follows what happens. A page for somebody who may not see anything does not, and
/// has no navigation either.
enum class PageKind { live, still };

/// The page's <main> element, which a page that is open already fetches alone.
Html main_element(const Page& page, std::uint64_t change_number);

/// The whole document.
Html document(const Page& page, std::uint64_t change_number, PageKind kind);

}  // namespace scanyard::web
