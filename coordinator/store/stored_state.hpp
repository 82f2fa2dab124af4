//! A run's state as the database knows it: queued and running are both open, because leases are
//! soft.
#pragma once

#include <cstdint>

#include "common/records.hpp"

namespace scanyard::store {

/// The numbers stand in the column run.state and in the public views' CASE expressions.
enum class StoredState : std::int64_t { open = 0, finished, diverged, failed, cancelled };

inline StoredState to_stored(RunState state) {
  switch (state) {
    case RunState::finished:
      return StoredState::finished;
    case RunState::diverged:
      return StoredState::diverged;
    case RunState::failed:
      return StoredState::failed;
    case RunState::cancelled:
      return StoredState::cancelled;
    case RunState::queued:
    case RunState::running:
      break;
  }
  return StoredState::open;
}

/// Open runs come back as queued; what is running now only the coordinator knows.
inline RunState to_run_state(StoredState state) {
  switch (state) {
    case StoredState::finished:
      return RunState::finished;
    case StoredState::diverged:
      return RunState::diverged;
    case StoredState::failed:
      return RunState::failed;
    case StoredState::cancelled:
      return RunState::cancelled;
    case StoredState::open:
      break;
  }
  return RunState::queued;
}

inline bool is_done(StoredState state) {
  return state == StoredState::finished || state == StoredState::diverged;
}

}  // namespace scanyard::store
