//! How sure a share of solved runs is.
#pragma once

#include <cstdint>
#include <string>

namespace scanyard::web {

struct RateInterval {
  double low = 0, high = 1;
};

/// Wilson score interval at 95 % for `hits` of `trials` (E. B. Wilson, J. Am. Stat. Assoc. 22,
/// 1927, p. 209): holds its level for the small numbers of seeds that tables have. No trials: {0,
/// 1}.
RateInterval wilson_interval(std::uint64_t hits, std::uint64_t trials);

/// "2 of 9 (6 to 55 %)"; "none yet" without trials.
std::string solve_rate_text(std::uint64_t solved, std::uint64_t results);

}  // namespace scanyard::web
