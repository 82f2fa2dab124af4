//! Error codes of the web folder. Their text is stable: logs and scripts may rely on it.
#pragma once

#include "common/error.hpp"

namespace scanyard::web::errc {

/// The address to listen on is no literal IP address of this machine.
inline constexpr ErrorCode bad_address{"web.bad_address"};
inline constexpr ErrorCode port_in_use{"web.port_in_use"};
/// Listening failed for any other reason, such as a port below 1024 without the right to it.
inline constexpr ErrorCode cannot_listen{"web.cannot_listen"};
/// The token is too short or has characters that would not survive in an address.
inline constexpr ErrorCode bad_token{"web.bad_token"};
/// An option is outside its range.
inline constexpr ErrorCode bad_option{"web.bad_option"};

}  // namespace scanyard::web::errc
