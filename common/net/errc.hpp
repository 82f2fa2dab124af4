//! Error codes of common/net.
#pragma once

#include "common/error.hpp"

namespace scanyard::net::errc {

/// A file that should be there is not.
inline constexpr ErrorCode missing_file{"net.missing_file"};
/// A file with a secret that others may read, or that belongs to somebody else.
inline constexpr ErrorCode exposed_file{"net.exposed_file"};
/// A file that exists already and would be overwritten.
inline constexpr ErrorCode file_exists{"net.file_exists"};
/// The system refused to read or write a file.
inline constexpr ErrorCode file_failed{"net.file_failed"};
/// Text that is no CURVE key, or two keys that do not belong together.
inline constexpr ErrorCode bad_key{"net.bad_key"};
/// A name or a public key that is in the allow-list already, or is not in it.
inline constexpr ErrorCode already_listed{"net.already_listed"};
inline constexpr ErrorCode not_listed{"net.not_listed"};
/// A name that is not 1 to 64 letters, digits, '.', '_' or '-'.
inline constexpr ErrorCode bad_name{"net.bad_name"};
/// Text that is no endpoint of the form tcp://HOST:PORT.
inline constexpr ErrorCode bad_endpoint{"net.bad_endpoint"};
/// Another program listens on the endpoint.
inline constexpr ErrorCode address_in_use{"net.address_in_use"};
/// Any other failure of a socket's set-up.
inline constexpr ErrorCode socket_failed{"net.socket_failed"};

}  // namespace scanyard::net::errc
