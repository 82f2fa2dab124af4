//! Stable codes of the core's refusals and failures.
#pragma once

#include "common/error.hpp"

namespace scanyard::core::errc {

/// A hello that no worker of ours would send: no name, no slot, doubled slots.
inline constexpr ErrorCode bad_hello{"core.bad_hello"};
/// Another process took over this worker's name and folder.
inline constexpr ErrorCode worker_replaced{"core.worker_replaced"};
/// A command names a sweep that has no open runs.
inline constexpr ErrorCode sweep_not_open{"core.sweep_not_open"};
/// A command that the sweep's state rules out, such as resuming one that is not paused.
inline constexpr ErrorCode sweep_state{"core.sweep_state"};
/// A command names a worker that is not connected.
inline constexpr ErrorCode no_such_worker{"core.no_such_worker"};
/// Why a run ended as failed though no attempt reported a failure.
inline constexpr ErrorCode lost_too_often{"core.lost_too_often"};
/// Why an attempt was taken from a worker.
inline constexpr ErrorCode lease_expired{"core.lease_expired"};
inline constexpr ErrorCode not_running{"core.not_running"};
inline constexpr ErrorCode stalled{"core.stalled"};
inline constexpr ErrorCode superseded{"core.superseded"};
inline constexpr ErrorCode worker_gone{"core.worker_gone"};

}  // namespace scanyard::core::errc
