//! Words of the protocol's enumerations.
#pragma once

#include <optional>
#include <string_view>

#include "common/protocol/messages.hpp"

namespace scanyard::protocol {

/// "accepted", "duplicate", "superseded", "unknown_run".
std::string_view to_text(Acknowledged::Verdict verdict);
std::optional<Acknowledged::Verdict> verdict_from_text(std::string_view text);

}  // namespace scanyard::protocol
