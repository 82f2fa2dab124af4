//! scanyard-simulation: runs simulations by seed, outside of the tests.
//!   scanyard-simulation --seed 17 --trace     one seed with every event
//!   scanyard-simulation --seed 1 --seeds 5000
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>

#include "tests/simulation/simulation.hpp"

namespace {

int usage() {
  fmt::print(stderr, "usage: scanyard-simulation [--seed N] [--seeds K] [--trace]\n");
  return 2;
}

}  // namespace

int main(int argument_count, char** arguments) {
  using namespace scanyard::simulation;
  std::uint64_t seed = 1, seeds = 1;
  bool trace = false;
  for (int i = 1; i < argument_count; ++i) {
    const bool has_value = i + 1 < argument_count;
    if (std::strcmp(arguments[i], "--trace") == 0) {
      trace = true;
    } else if (std::strcmp(arguments[i], "--seed") == 0 && has_value) {
      seed = std::strtoull(arguments[++i], nullptr, 10);
    } else if (std::strcmp(arguments[i], "--seeds") == 0 && has_value) {
      seeds = std::strtoull(arguments[++i], nullptr, 10);
    } else {
      return usage();
    }
  }
  std::uint64_t broken = 0;
  for (std::uint64_t i = 0; i < seeds; ++i) {
    SimulationOptions options;
    options.seed = seed + i;
    if (trace) options.trace = [](const std::string& line) { fmt::print("{}\n", line); };
    const auto report = simulate(options);
    if (report.broken.empty() && seeds > 20 && i % 100 != 0) continue;
    fmt::print("{}\n", report.to_string());
    if (report.broken.empty()) continue;
    ++broken;
    fmt::print("  {}\n", report.faults_drawn);
    for (const auto& promise : report.broken)
      fmt::print("  {}\n", promise);
  }
  fmt::print("{} seeds, {} with a broken promise\n", seeds, broken);
  return broken == 0 ? 0 : 1;
}
