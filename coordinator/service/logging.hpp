//! Log lines of the service: stderr, UTC, `event key=value`.
#pragma once

#include <string>

#include "coordinator/core/effects.hpp"

namespace scanyard::service {

/// Sets the process's logger up; `level` is one of debug, info, warning, error. Once, before any
/// thread logs.
void start_logging(const std::string& level);

/// One line for one change of state.
void log_event(const core::LogEvent& event);
void log_info(const std::string& line);
void log_warning(const std::string& line);
void log_error(const std::string& line);

}  // namespace scanyard::service
