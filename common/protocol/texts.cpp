#include "common/protocol/texts.hpp"

#include <array>

namespace scanyard::protocol {
namespace {

constexpr std::array<std::string_view, 4> verdicts = {"accepted", "duplicate", "superseded",
                                                      "unknown_run"};

}  // namespace

std::string_view to_text(Acknowledged::Verdict verdict) {
  return verdicts[static_cast<std::size_t>(verdict)];
}

std::optional<Acknowledged::Verdict> verdict_from_text(std::string_view text) {
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    if (verdicts[i] == text) return static_cast<Acknowledged::Verdict>(i);
  }
  return std::nullopt;
}

}  // namespace scanyard::protocol
