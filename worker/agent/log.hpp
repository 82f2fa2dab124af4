//! The agent's log: stderr, UTC, one line an event, `event key=value`.
#pragma once

#include <spdlog/common.h>

#include <string>
#include <utility>
#include <vector>

#include "worker/core/effects.hpp"

namespace scanyard::worker {

/// Makes the logger; `level` is debug, info, warning or error.
void set_up_log(const std::string& level);

void log_line(spdlog::level::level_enum level, const std::string& event,
              const std::vector<std::pair<std::string, std::string>>& values);
void log_note(const Note& note);

/// `event key=value key="two words"`: values with blanks, quotes or control characters are quoted.
std::string format_event(const std::string& event,
                         const std::vector<std::pair<std::string, std::string>>& values);

}  // namespace scanyard::worker
