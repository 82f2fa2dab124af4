//! What goes wrong in one simulation, and how often. The seed draws it.
#pragma once

#include <cstdint>
#include <string>

#include "tests/simulation/rng.hpp"

namespace scanyard::simulation {

/// Probabilities are per message or per commit; times are means between two faults of a kind, 0 =
/// never.
struct Faults {
  double lose = 0, duplicate = 0, late = 0;
  std::int64_t late_max_ms = 0;
  std::int64_t coordinator_crash_ms = 0;
  std::int64_t coordinator_away_max_ms = 0;
  std::int64_t worker_crash_ms = 0;
  std::int64_t worker_away_max_ms = 0;
  std::int64_t worker_retires_ms = 0;  ///< one machine never comes back
  std::int64_t worker_leave_ms = 0;    ///< SIGTERM instead of kill -9
  std::int64_t trainer_crash_ms = 0;
  std::int64_t trainer_hang_ms = 0;
  std::int64_t partition_ms = 0;
  std::int64_t partition_max_ms = 0;
  double commit_fails = 0;
  std::int64_t commit_max_ms =
      60;  ///< a slow disk makes the time between a report and its commit long
  double outbox_fails = 0;
  bool watches_steps = true;  ///< the coordinator gives up slots that stop stepping
  bool replay_guard = true;   ///< as the real channels have; without it the cores see every copy
  bool poison = false;        ///< some runs kill every trainer; then nothing else does

  std::string to_string() const;
};

/// Some kinds are absent in each draw, so that every kind is also seen without the others.
Faults draw_faults(Rng& rng);

}  // namespace scanyard::simulation
