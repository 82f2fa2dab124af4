//! Codes of what can be wrong with the form of a YAML file, whatever the file is for.
#pragma once

#include "common/error.hpp"

namespace scanyard::yaml::errc {

inline constexpr ErrorCode syntax{"yaml.syntax"};
inline constexpr ErrorCode doubled_key{"yaml.doubled_key"};
inline constexpr ErrorCode unknown_key{"yaml.unknown_key"};
inline constexpr ErrorCode missing_key{"yaml.missing_key"};
inline constexpr ErrorCode wrong_type{"yaml.wrong_type"};
inline constexpr ErrorCode out_of_range{"yaml.out_of_range"};
inline constexpr ErrorCode too_large{"yaml.too_large"};

}  // namespace scanyard::yaml::errc
