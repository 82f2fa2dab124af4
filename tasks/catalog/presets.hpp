//! Named settings that `protocol: NAME` in a spec stands for.
#pragma once

#include <span>

#include "common/spec/vocabulary.hpp"

namespace scanyard::catalog {

/// `paper` (protocol.md section 4) and `demo` (the same rules, small enough for two CPU cores).
std::span<const spec::Preset> presets();

}  // namespace scanyard::catalog
