#include "tests/simulation/faults.hpp"

#include <fmt/format.h>

namespace scanyard::simulation {
namespace {

double maybe(Rng& rng, double most) {
  return rng.chance(0.5) ? most * static_cast<double>(rng.between(1, 100)) / 100 : 0;
}

std::int64_t maybe_every(Rng& rng, std::int64_t low, std::int64_t high) {
  return rng.chance(0.5) ? rng.between(low, high) : 0;
}

}  // namespace

Faults draw_faults(Rng& rng) {
  Faults faults;
  faults.lose = maybe(rng, 0.2);
  faults.duplicate = maybe(rng, 0.2);
  faults.late = maybe(rng, 0.2);
  faults.late_max_ms = rng.between(100, 60'000);
  faults.coordinator_crash_ms = maybe_every(rng, 10'000, 200'000);
  faults.coordinator_away_max_ms = rng.between(100, 90'000);
  faults.worker_crash_ms = maybe_every(rng, 10'000, 200'000);
  faults.worker_away_max_ms = rng.between(100, 90'000);
  faults.worker_retires_ms = maybe_every(rng, 100'000, 600'000);
  faults.worker_leave_ms = maybe_every(rng, 30'000, 300'000);
  faults.partition_ms = maybe_every(rng, 10'000, 200'000);
  faults.partition_max_ms = rng.between(100, 120'000);
  faults.commit_fails = maybe(rng, 0.1);
  faults.commit_max_ms = rng.chance(0.5) ? 60 : rng.between(100, 3'000);
  faults.outbox_fails = maybe(rng, 0.1);
  faults.watches_steps = rng.chance(0.5);
  faults.replay_guard = rng.chance(0.7);
  faults.poison = rng.chance(0.3);
  if (!faults.poison) {
    faults.trainer_crash_ms = maybe_every(rng, 20'000, 200'000);
    faults.trainer_hang_ms = maybe_every(rng, 60'000, 600'000);
  }
  return faults;
}

std::string Faults::to_string() const {
  return fmt::format(
      "lose={:.3f} duplicate={:.3f} late={:.3f}/{}ms coordinator={}ms worker={}ms leave={}ms "
      "trainer={}ms hang={}ms "
      "partition={}ms commit={:.3f} outbox={:.3f} guard={} poison={}",
      lose, duplicate, late, late_max_ms, coordinator_crash_ms, worker_crash_ms, worker_leave_ms,
      trainer_crash_ms, trainer_hang_ms, partition_ms, commit_fails, outbox_fails, replay_guard,
      poison);
}

}  // namespace scanyard::simulation
