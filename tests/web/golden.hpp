//! Golden files: what a page or a drawing looked like when somebody last looked at it.
#pragma once

#include <string>

namespace scanyard::web {

/// Fails with the first line that differs unless `text` equals tests/web/golden/`name`. With the
/// environment variable SCANYARD_UPDATE_GOLDEN=1 it writes the file instead; look at the difference
/// before committing it.
void check_golden(const std::string& name, const std::string& text);

}  // namespace scanyard::web
