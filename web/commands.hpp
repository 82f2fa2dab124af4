//! Every command that the pages tell people to type, in one place: the programs' flags change here
//! or not at all.
#pragma once

#include <string>
#include <string_view>

#include "common/ids.hpp"

namespace scanyard::web {

/// `text` as one word of a POSIX shell: 'it'\''s'. Always quoted.
std::string shell_quoted(std::string_view text);

std::string plan_command();
std::string submit_command();
/// Starts a worker on the coordinator's machine with a join file; empty = the one in a home folder.
std::string worker_command(std::string_view join_file);
/// Trains one run again, alone, outside any sweep: the shape's and the replica's canonical JSON.
std::string repeat_command(std::string_view shape_json, std::string_view replica_json);
std::string explain_command(const RunId& run);
std::string retry_command(const RunId& run);
/// Opens every failed run of a sweep again.
std::string retry_sweep_command(SweepId sweep);

}  // namespace scanyard::web
