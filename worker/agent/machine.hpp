//! What this machine is, as the kernel tells it.
#pragma once

#include <cstdint>
#include <string>

namespace scanyard::worker {

std::string host_name();
/// "AMD EPYC 9V74 80-Core Processor", or "unknown CPU".
std::string cpu_name();
/// CPUs that this process may use.
int cpu_count();
/// Memory that this process may use: the machine's, or its control group's limit.
std::int64_t memory_bytes();

/// How many processes the OOM killer has killed in this control group, or, where that is not told,
/// on this machine. Two readings that differ with a SIGKILL in between say who sent it.
std::int64_t oom_kills();

/// The number after `key` and a blank at the start of a line ("oom_kill 3"); -1 = there is none.
std::int64_t value_in(const std::string& text, const std::string& key);

}  // namespace scanyard::worker
