//! Error codes of worker/agent.
#pragma once

#include "common/error.hpp"

namespace scanyard::worker::errc {

/// Flags or config that contradict each other or name something impossible.
inline constexpr ErrorCode bad_config{"worker.bad_config"};
/// The state folder cannot be made, locked or read.
inline constexpr ErrorCode state_folder{"worker.state_folder"};
/// The outbox file cannot be read or is none of ours.
inline constexpr ErrorCode outbox_unreadable{"worker.outbox_unreadable"};
/// The outbox file cannot be written: disk full, quota, or a file system that is gone.
inline constexpr ErrorCode outbox_unwritable{"worker.outbox_unwritable"};
/// There is no trainer program, or it cannot be run.
inline constexpr ErrorCode no_trainer{"worker.no_trainer"};

/// GPUs were asked for and cannot be used; the sentence is the trainer's.
inline constexpr ErrorCode no_gpu{"worker.no_gpu"};

}  // namespace scanyard::worker::errc
