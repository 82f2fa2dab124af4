//! Error codes of tasks/data.
#pragma once

#include "common/error.hpp"

namespace scanyard::data::errc {

/// A file is no safetensors file, or holds what this reader does not know; the message says where.
inline constexpr ErrorCode bad_safetensors{"data.bad_safetensors"};
/// A file cannot be opened, read or written.
inline constexpr ErrorCode io{"data.io"};

}  // namespace scanyard::data::errc
