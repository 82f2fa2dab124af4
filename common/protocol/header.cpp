#include "common/protocol/header.hpp"

#include <fmt/format.h>

#include <array>

#include "common/protocol/errc.hpp"

namespace scanyard::protocol {
namespace {

constexpr std::string_view magic = "SCYD";

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift));
  }
}

std::uint64_t read_big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes)
    value = value << 8 | static_cast<std::uint8_t>(c);
  return value;
}

}  // namespace

std::string to_text(Kind kind) {
  static constexpr std::array<const char*, 7> worker = {"hello",   "heartbeat", "want", "progress",
                                                        "results", "release",   "bye"};
  static constexpr std::array<const char*, 7> coordinator = {"welcome", "grant",  "ack", "revoke",
                                                             "drain",   "refuse", "who"};
  const auto number = static_cast<std::size_t>(kind);
  if (is_worker_kind(kind)) return worker[number - static_cast<std::size_t>(Kind::hello)];
  if (is_coordinator_kind(kind))
    return coordinator[number - static_cast<std::size_t>(Kind::welcome)];
  if (is_client_request(kind)) return fmt::format("client request {}", number);
  if (is_client_reply(kind)) return fmt::format("client reply {}", number);
  return fmt::format("kind {}", number);
}

std::string encode_header(const Header& header) {
  std::string out(magic);
  out.reserve(header_bytes);
  append_big_endian(out, header.version, 2);
  append_big_endian(out, static_cast<std::uint16_t>(header.kind), 2);
  append_big_endian(out, header.sequence, 8);
  return out;
}

Result<Header> decode_header(std::string_view frame) {
  if (frame.size() != header_bytes || !frame.starts_with(magic)) {
    return fail(errc::bad_header,
                fmt::format("a header has {} bytes and starts with '{}'; this one "
                            "has {} bytes",
                            header_bytes, magic, frame.size()));
  }
  Header header;
  header.version = static_cast<std::uint16_t>(read_big_endian(frame.substr(4, 2)));
  header.kind = static_cast<Kind>(read_big_endian(frame.substr(6, 2)));
  header.sequence = read_big_endian(frame.substr(8, 8));
  if (header.version != protocol::version) {
    return fail(errc::version,
                fmt::format("the other side speaks protocol version {}, this program "
                            "speaks {}: use the same release on both",
                            header.version, protocol::version));
  }
  return header;
}

}  // namespace scanyard::protocol
