//! Following a sweep until it is done: `scanyard watch`, and part of the demo.
#pragma once

#include <string>

#include "coordinator/service/cli/command.hpp"
#include "coordinator/service/client/client.hpp"

namespace scanyard::service::cli {

enum class Progress { text, json, quiet };

/// Shows progress until no run of the sweep (empty = of any sweep) is open: a bar on a terminal,
/// lines elsewhere, lines of JSON, or
/// nothing. A coordinator that goes away meanwhile is waited for, and that is said once.
/// Returns ok or incomplete, or the status of an error at the start.
ExitCode watch_sweep(Client& client, const std::string& sweep, Progress form = Progress::text);

}  // namespace scanyard::service::cli
