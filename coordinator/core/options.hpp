//! What the coordinator's core can be told. The defaults are the documentation.
#pragma once

#include <cstdint>

#include "common/time.hpp"

namespace scanyard::core {

struct CoreOptions {
  Duration heartbeat{2'000};    ///< a worker says something at least this often
  Duration lease{30'000};       ///< silence after which a worker's attempts count as lost
  Duration stall{1'800'000};    ///< a busy slot whose step counter stands still so long is given up
  Duration store_retry{5'000};  ///< nothing is granted for so long after a commit failed
  Duration setback_delay{2'000};  ///< of a slot that fails or returns packs in a row; doubles
  Duration setback_delay_max{60'000};
  std::int32_t attempts_max = 4;  ///< failed attempts after which a run counts as failed
  std::int32_t losses_max = 20;   ///< lost attempts after which a run counts as failed
  std::int32_t alone_after = 2;   ///< failed attempts after which a run is trained in a pack of one
  std::int32_t slots_max = 256;   ///< of one worker; a hello with more is refused

  /// How long after a start nothing is granted, so that workers with running attempts come first.
  Duration grace() const { return 2 * heartbeat; }
};

}  // namespace scanyard::core
