//! Which build this program is: what results, logs and `--version` name.
#pragma once

#include <string_view>

namespace scanyard {

/// "0.1.0".
std::string_view version_text();

/// "0.1.0 (fb236c7a12, Release)": version, commit (with a + when files were changed after it) and build type.
std::string_view build_text();

}  // namespace scanyard
