#include "web/solve_rate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/assert.hpp"

namespace scanyard::web {

RateInterval wilson_interval(std::uint64_t hits, std::uint64_t trials) {
  SCANYARD_ASSERT(hits <= trials, "no more runs can be solved than have a result");
  if (trials == 0) return {0, 1};
  constexpr double z = 1.959963984540054;  // two-sided 95 %
  const double n = static_cast<double>(trials);
  const double share = static_cast<double>(hits) / n;
  const double scale = 1 / (1 + z * z / n);
  const double centre = scale * (share + z * z / (2 * n));
  const double half = scale * z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

std::string solve_rate_text(std::uint64_t solved, std::uint64_t results) {
  if (results == 0) return "none yet";
  const RateInterval interval = wilson_interval(solved, results);
  return fmt::format("{} of {} ({:.0f} to {:.0f} %)", solved, results, 100 * interval.low,
                     100 * interval.high);
}

}  // namespace scanyard::web
