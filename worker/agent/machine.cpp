#include "worker/agent/machine.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>

namespace scanyard::worker {
namespace {

std::string read_text(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Path of this process in the control groups: of version 2, or of version 1's memory controller.
std::string control_group(const std::string& controller) {
  std::istringstream lines(read_text("/proc/self/cgroup"));
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    if (line.substr(first + 1, second - first - 1) == controller) return line.substr(second + 1);
  }
  return {};
}

std::int64_t number_of(const std::string& text) {
  std::int64_t value = -1;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc() ? value : -1;
}

}  // namespace

std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 && name[0] != '\0' ? name : "worker";
}

std::string cpu_name() {
  std::istringstream lines(read_text("/proc/cpuinfo"));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("model name")) continue;
    const auto start = line.find_first_not_of(" \t", line.find(':') + 1);
    if (start != std::string::npos) return line.substr(start, 200);
  }
  return "unknown CPU";
}

int cpu_count() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0) return CPU_COUNT(&allowed);
  return std::max(1, static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN)));
}

std::int64_t memory_bytes() {
  std::int64_t bytes = std::int64_t{::sysconf(_SC_PHYS_PAGES)} * ::sysconf(_SC_PAGESIZE);
  const std::int64_t limits[] = {
      number_of(read_text("/sys/fs/cgroup" + control_group("") + "/memory.max")),
      number_of(
          read_text("/sys/fs/cgroup/memory" + control_group("memory") + "/memory.limit_in_bytes"))};
  for (const auto limit : limits) {
    if (limit > 0) bytes = std::min(bytes, limit);
  }
  return bytes;
}

std::int64_t value_in(const std::string& text, const std::string& key) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(key + " ")) return number_of(line.substr(key.size() + 1));
  }
  return -1;
}

std::int64_t oom_kills() {
  const std::string version2 = "/sys/fs/cgroup" + control_group("") + "/memory.events";
  const std::string version1 =
      "/sys/fs/cgroup/memory" + control_group("memory") + "/memory.oom_control";
  for (const std::string& path : {version2, version1, std::string("/proc/vmstat")}) {
    const auto kills = value_in(read_text(path), "oom_kill");
    if (kills >= 0) return kills;
  }
  return 0;
}

}  // namespace scanyard::worker
