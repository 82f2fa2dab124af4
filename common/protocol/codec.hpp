//! Messages to bytes and back: a header frame (header.hpp) and a body of CBOR (RFC 8949).
//!
//! Bodies are maps from member names to values. A reader refuses a missing or doubled member, a
//! wrong type, a value out of its range and anything above limits.hpp, each with the path of what
//! is wrong ("reports[3].token"); it ignores members that it does not know, so that either side may
//! be newer. docs/wire_protocol.md lists every member.
//!
//! All functions are pure and thread-safe. Decoding never throws, whatever the bytes: bodies are
//! read by a pull parser of our own (cbor_reader.hpp), because a parser that first builds a
//! document spends memory, and stack on hostile nesting, before any limit can be looked at.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/error.hpp"
#include "common/protocol/header.hpp"
#include "common/protocol/messages.hpp"

namespace scanyard::protocol {

/// The two frames of one message.
struct Frames {
  std::string header;
  std::string body;
};

/// Sentences for a person (reason, message) are shortened and repaired to fit. Every other text and
/// list the caller keeps within limits.hpp; what exceeds them is a programmer error and asserts,
/// because the other side would refuse the whole message again and again.
Frames encode(const WorkerMessage& message, std::uint64_t sequence);
Frames encode(const CoordinatorMessage& message, std::uint64_t sequence);
/// The body alone, for channels that number messages themselves.
std::string encode_body(const WorkerMessage& message);
std::string encode_body(const CoordinatorMessage& message);
/// For client requests and replies, whose bodies are defined in client.hpp.
Frames encode_opaque(Kind kind, std::uint64_t sequence, std::string body);

Kind kind_of(const WorkerMessage& message);
Kind kind_of(const CoordinatorMessage& message);

/// Errors: protocol.unknown_kind (also for a kind of the other direction), bad_cbor, bad_members,
/// bad_value, too_large.
Result<WorkerMessage> decode_worker_message(Kind kind, std::string_view body);
Result<CoordinatorMessage> decode_coordinator_message(Kind kind, std::string_view body);

/// One report alone, as an outbox keeps it on disk. Same rules and errors as a message's body.
std::string encode_report(const AttemptReport& report);
Result<AttemptReport> decode_report(std::string_view body);

/// Makes a report fit limits.hpp: clips its texts at character borders, replaces what is no UTF-8
/// and keeps the last curve_points_max points of its curve.
void clip_to_limits(AttemptReport& report);

}  // namespace scanyard::protocol
