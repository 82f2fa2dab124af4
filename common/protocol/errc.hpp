//! Error codes of common/protocol.
#pragma once

#include "common/error.hpp"

namespace scanyard::protocol::errc {

/// A header frame that is no header of ours: wrong length or wrong magic.
inline constexpr ErrorCode bad_header{"protocol.bad_header"};
/// The other side speaks another version of the protocol.
inline constexpr ErrorCode version{"protocol.version"};
/// A kind that this version does not know, or one that the sender may not send.
inline constexpr ErrorCode unknown_kind{"protocol.unknown_kind"};
/// A message that is not exactly a header and a body.
inline constexpr ErrorCode bad_frames{"protocol.bad_frames"};
/// A body that is not well-formed CBOR of the supported subset, or has bytes after its end.
inline constexpr ErrorCode bad_cbor{"protocol.bad_cbor"};
/// A client's body that is no JSON object.
inline constexpr ErrorCode bad_json{"protocol.bad_json"};
/// A required member is not there, or one is there twice.
inline constexpr ErrorCode bad_members{"protocol.bad_members"};
/// A member of the wrong type, out of its range, or in contradiction to another one.
inline constexpr ErrorCode bad_value{"protocol.bad_value"};
/// A frame, a text or a list above its limit (limits.hpp).
inline constexpr ErrorCode too_large{"protocol.too_large"};
/// A sequence number that does not rise: the message was seen before, or was overtaken.
inline constexpr ErrorCode replayed{"protocol.replayed"};

}  // namespace scanyard::protocol::errc
