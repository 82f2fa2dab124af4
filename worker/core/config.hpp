//! What the core of a worker can be told. The initialisers are the defaults.
#pragma once

#include <cstdint>

#include "common/time.hpp"

namespace scanyard::worker {

struct CoreConfig {
  // Connection
  Duration hello_retry{5'000};        ///< no Welcome after a Hello: say it again
  Duration refused_retry{60'000};     ///< the coordinator refused this worker: try again much later
  Duration heartbeat_default{2'000};  ///< until the coordinator's Welcome says otherwise

  // Trainers
  Duration ready_deadline{180'000};  ///< from start to Ready; LibTorch loads slowly from a network
  Duration first_step_deadline{900'000};  ///< from Start to the first step: data is generated there
  Duration step_deadline{300'000};        ///< a busy trainer whose counter stands still is killed
  Duration quit_deadline{10'000};         ///< from Quit to the end of the process
  Duration restart_first{1'000};  ///< doubles with every start that fails, up to restart_max
  Duration restart_max{60'000};
  std::int32_t start_failures_max = 3;  ///< then the slot gives waiting runs back and says why

  // Results
  Duration progress_interval{1'000};  ///< points are collected this long
  Duration resend{15'000};            ///< results without an answer are sent again
  Duration store_retry{5'000};        ///< the outbox could not be written
  std::int64_t in_flight_max = 1024;  ///< reports that wait for an acknowledgement at a time

  // Checkpoints
  Duration checkpoint_interval{600'000};  ///< of a training pack; 0 = only at shutdown
  Duration shutdown_reserve{
      5'000};  ///< before the deadline: trainers end, results are written and sent
};

}  // namespace scanyard::worker
