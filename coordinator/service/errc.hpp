//! Stable codes of what the service and the command line refuse.
#pragma once

#include "common/error.hpp"

namespace scanyard::service::errc {

/// No folder with a coordinator was named or found.
inline constexpr ErrorCode no_home{"service.no_home"};
/// `init` would overwrite something.
inline constexpr ErrorCode home_exists{"service.home_exists"};
inline constexpr ErrorCode file_failed{"service.file_failed"};
inline constexpr ErrorCode no_such_file{"service.no_such_file"};
/// A setting that does not fit the others.
inline constexpr ErrorCode bad_setting{"service.bad_setting"};
/// A worker's key asked like a client, or the reverse.
inline constexpr ErrorCode wrong_role{"service.wrong_role"};
inline constexpr ErrorCode no_such_sweep{"service.no_such_sweep"};
inline constexpr ErrorCode ambiguous_sweep{"service.ambiguous_sweep"};
/// A command that the sweep's state rules out.
inline constexpr ErrorCode sweep_state{"service.sweep_state"};
inline constexpr ErrorCode stopping{"service.stopping"};
/// A client got no answer: nobody listens, the key is refused, or the time was up.
inline constexpr ErrorCode unreachable{"client.unreachable"};
inline constexpr ErrorCode refused{"client.refused"};
inline constexpr ErrorCode no_answer{"client.no_answer"};
inline constexpr ErrorCode bad_usage{"cli.bad_usage"};
/// A program of ours that should stand beside this one does not.
inline constexpr ErrorCode missing_program{"cli.missing_program"};

}  // namespace scanyard::service::errc
