//! One simulation: a coordinator, workers and people in one thread, with a virtual clock and a
//! seed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace scanyard::simulation {

struct SimulationOptions {
  std::uint64_t seed = 1;
  int workers_max = 6;
  int runs_max = 120;
  std::int64_t trouble_ms = 600'000;     ///< virtual time with faults
  std::int64_t calm_max_ms = 3'600'000;  ///< virtual time to come to rest afterwards
  std::function<void(const std::string&)> trace;
};

struct SimulationReport {
  std::uint64_t seed = 0;
  std::string faults_drawn;
  std::vector<std::string>
      broken;  ///< promises that did not hold, first first; empty = all is well
  std::uint64_t events = 0;
  std::uint64_t runs = 0, finished = 0, diverged = 0, failed = 0, cancelled = 0;
  std::uint64_t coordinator_starts = 0, superseded = 0, adopted = 0;
  std::int64_t virtual_ms = 0;

  std::string to_string() const;
};

/// Runs one simulation to its end, or to the first broken promise.
SimulationReport simulate(const SimulationOptions& options);

}  // namespace scanyard::simulation
