//! Error codes of tasks/training; the ones that a Failed line carries as its reason.
#pragma once

#include "common/error.hpp"

namespace scanyard::training::errc {

/// The shape does not parse, or cannot be built. The message is the catalog's.
inline constexpr ErrorCode bad_shape{"trainer.bad_shape"};
/// A replica's values do not parse or do not fit the shape.
inline constexpr ErrorCode bad_values{"trainer.bad_values"};
/// A checkpoint cannot be read, or belongs to another run.
inline constexpr ErrorCode bad_checkpoint{"trainer.bad_checkpoint"};
/// A checkpoint cannot be written.
inline constexpr ErrorCode checkpoint_not_written{"trainer.checkpoint_not_written"};
/// The pack does not fit into the device's memory.
inline constexpr ErrorCode out_of_memory{"trainer.out_of_memory"};
/// An Add came when nothing was running.
inline constexpr ErrorCode no_pack{"trainer.no_pack"};
/// A Start came while a pack was running.
inline constexpr ErrorCode busy{"trainer.busy"};
/// An operation failed in a way that no input explains: a bug, or a broken device.
inline constexpr ErrorCode internal{"trainer.internal"};
/// The device failed and computes nothing any more; the trainer ends, another may do better.
inline constexpr ErrorCode device_lost{"trainer.device_lost"};
/// The device asked for is not there.
inline constexpr ErrorCode no_device{"trainer.no_device"};

}  // namespace scanyard::training::errc
