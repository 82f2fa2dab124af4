//! Error codes of common/trainer_lines.
#pragma once

#include "common/error.hpp"

namespace scanyard::trainer_lines::errc {

/// A line that is no command or event: not JSON, an unknown type, or a member that is missing or of a wrong kind.
inline constexpr ErrorCode bad_line{"trainer_lines.bad_line"};

}  // namespace scanyard::trainer_lines::errc
