#include "common/records.hpp"

#include <array>

namespace scanyard {
namespace {

constexpr std::array<std::string_view, 6> run_states = {"queued",   "running", "finished",
                                                        "diverged", "failed",  "cancelled"};
constexpr std::array<std::string_view, 6> attempt_ends = {"finished", "diverged", "failed",
                                                          "released", "revoked",  "lost"};

template <class Enum, std::size_t n>
std::optional<Enum> from_text(const std::array<std::string_view, n>& texts, std::string_view text) {
  for (std::size_t i = 0; i < n; ++i) {
    if (texts[i] == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_text(RunState state) {
  return run_states[static_cast<std::size_t>(state)];
}
std::optional<RunState> run_state_from_text(std::string_view text) {
  return from_text<RunState>(run_states, text);
}
std::string_view to_text(AttemptEnd end) {
  return attempt_ends[static_cast<std::size_t>(end)];
}
std::optional<AttemptEnd> attempt_end_from_text(std::string_view text) {
  return from_text<AttemptEnd>(attempt_ends, text);
}

}  // namespace scanyard
