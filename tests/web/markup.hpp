//! A strict reader of the site's own markup, for tests: whatever text went into a page, only the
//! elements and attributes that the templates use may come out.
#pragma once

#include <string>
#include <vector>

namespace scanyard::web {

/// What is wrong with a page, in words; empty when every tag is known and closed in order, every
/// attribute is known and quoted, no address leads off the site, and no script or style stands
/// inside.
std::vector<std::string> markup_faults(const std::string& html);

/// The text of a page as a reader sees it: without tags, with references resolved.
std::string visible_text(const std::string& html);

}  // namespace scanyard::web
