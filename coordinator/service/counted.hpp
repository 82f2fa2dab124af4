//! A number with its noun, for sentences.
#pragma once

#include <string>
#include <string_view>

#include "common/text.hpp"

namespace scanyard::service {

/// "no run", "1 run", "1,200 runs".
inline std::string counted(long long count, std::string_view noun) {
  const std::string number = count == 0 ? "no" : with_thousands(count);
  return number + " " + std::string(noun) + (count > 1 ? "s" : "");
}

}  // namespace scanyard::service
