#include "coordinator/service/sweep_names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "common/text.hpp"
#include "coordinator/service/errc.hpp"

namespace scanyard::service {
namespace {

std::optional<std::int64_t> as_number(const std::string& text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

}  // namespace

Result<SweepSummary> find_sweep(const std::vector<SweepSummary>& sweeps, const std::string& text,
                                SameName same_name) {
  const auto number = as_number(text);
  std::vector<const SweepSummary*> named;
  for (const auto& sweep : sweeps) {
    if (number && sweep.id.value == *number) return sweep;
    if (sweep.name == text) named.push_back(&sweep);
  }
  if (named.size() == 1) return *named[0];
  if (named.empty()) {
    std::vector<std::string> names;
    for (const auto& sweep : sweeps)
      names.push_back(sweep.name);
    const auto near = nearest(text, names);
    return fail(errc::no_such_sweep, fmt::format("there is no sweep '{}'{}", text,
                                                 near ? fmt::format("; did you mean '{}'?", *near)
                                                      : "; scanyard status lists them"));
  }
  const auto newest = *std::max_element(named.begin(), named.end(),
                                        [](const auto* a, const auto* b) { return a->id < b->id; });
  if (same_name == SameName::newest) return *newest;
  std::vector<std::int64_t> numbers;
  for (const auto* sweep : named)
    numbers.push_back(sweep->id.value);
  std::sort(numbers.begin(), numbers.end());
  return fail(errc::ambiguous_sweep,
              fmt::format("{} sweeps are called '{}'; name one by its number: {}", named.size(),
                          text, fmt::join(numbers, ", ")));
}

}  // namespace scanyard::service
