//! Whole systems with faults, by seed. A failure prints the seed; scanyard-simulation --seed N
//! --trace repeats it.
#include "tests/simulation/simulation.hpp"

#include <catch2/catch_test_macros.hpp>

namespace scanyard::simulation {
namespace {

void run_seeds(std::uint64_t first, std::uint64_t count) {
  std::uint64_t finished = 0, starts = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const auto report = simulate({.seed = seed});
    INFO(report.to_string());
    INFO(report.faults_drawn);
    CHECK(report.broken.empty());
    finished += report.finished;
    starts += report.coordinator_starts;
  }
  // A simulation in which nothing happens would keep every promise.
  CHECK(finished > 10 * count);
  CHECK(starts > count);
}

TEST_CASE("the promises hold under faults, and everything comes to rest afterwards") {
  run_seeds(1, 6);
}

TEST_CASE("the promises hold under faults: many seeds", "[ci]") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  run_seeds(100, 12);  // twenty times slower
#else
  run_seeds(100, 300);
#endif
}

TEST_CASE("the promises hold under faults: thousands of seeds", "[long]") {
  run_seeds(10'000, 5'000);
}

TEST_CASE("the same seed gives the same simulation") {
  const auto first = simulate({.seed = 3});
  const auto second = simulate({.seed = 3});
  CHECK(first.events == second.events);
  CHECK(first.to_string() == second.to_string());
}

}  // namespace
}  // namespace scanyard::simulation
