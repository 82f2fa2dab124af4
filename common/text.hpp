//! Text helpers of error messages and canonical forms.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace scanyard {

/// The candidate nearest to `word` by edit distance (insert, delete, replace, swap neighbours), or
/// nothing when even that one is no plausible misspelling (distance above a third of the longer
/// word, at least 1).
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

/// Shortest text that reads back as the same double; integers without a fraction: "0.001", "128",
/// "1e-05". The value must be finite.
std::string canonical_number(double value);

/// "1,234,567".
std::string with_thousands(long long value);

/// "850 ms", "3.2 s", "4 min 10 s", "5 h 02 min", "3 d 4 h".
std::string human_duration(double seconds);

}  // namespace scanyard
