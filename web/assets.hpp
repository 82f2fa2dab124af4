//! Files of web/static and web/templates as they were when the program was built.
#pragma once

#include <optional>
#include <string_view>

namespace scanyard::web {

/// Content of the embedded file of that name ("style.css", "run.html"), or nothing. The text lives
/// as long as the program. Defined in a file that web/embed.cmake writes at build time.
std::optional<std::string_view> asset(std::string_view name);

}  // namespace scanyard::web
