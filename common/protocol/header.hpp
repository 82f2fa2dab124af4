//! The first frame of every message: 16 bytes that never change their form, so that even programs
//! of different protocol versions can tell each other which version they speak.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/error.hpp"
#include "common/protocol/messages.hpp"

namespace scanyard::protocol {

/// What a message is. Numbers are part of the protocol and are never given anew.
/// 64..127 are requests of clients and 128..191 the replies to them: their bodies are opaque here
/// (client.hpp defines kinds and bodies); a reply's kind need not be its request's plus 64.
enum class Kind : std::uint16_t {
  hello = 1,
  heartbeat = 2,
  want = 3,
  progress = 4,
  results = 5,
  release = 6,
  bye = 7,

  welcome = 32,
  grant = 33,
  ack = 34,
  revoke = 35,
  drain = 36,
  refuse = 37,
  who = 38,

  client_request_first = 64,
  client_request_last = 127,
  client_reply_first = 128,
  client_reply_last = 191,
};

constexpr bool is_worker_kind(Kind kind) {
  return kind >= Kind::hello && kind <= Kind::bye;
}
constexpr bool is_coordinator_kind(Kind kind) {
  return kind >= Kind::welcome && kind <= Kind::who;
}
constexpr bool is_client_request(Kind kind) {
  return kind >= Kind::client_request_first && kind <= Kind::client_request_last;
}
constexpr bool is_client_reply(Kind kind) {
  return kind >= Kind::client_reply_first && kind <= Kind::client_reply_last;
}

/// "hello", "client request 65", "kind 900": for logs and messages.
std::string to_text(Kind kind);

inline constexpr std::size_t header_bytes = 16;

/// Layout, all big-endian: "SCYD" (4 bytes), version (2), kind (2), sequence (8).
struct Header {
  Kind kind = Kind::hello;
  std::uint64_t sequence = 0;  ///< rises with every message of one sender instance, from 1
  std::uint16_t version = protocol::version;
  friend bool operator==(const Header&, const Header&) = default;
};

std::string encode_header(const Header& header);

/// Errors: protocol.bad_header; protocol.version with both versions in the message. The kind is not
/// checked here, so that opaque kinds pass.
Result<Header> decode_header(std::string_view frame);

}  // namespace scanyard::protocol
