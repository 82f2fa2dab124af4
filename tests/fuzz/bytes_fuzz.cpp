//! Hostile bytes for everything that decodes what comes from outside: headers, bodies, outbox files
//! and trainer lines. What is taken must survive the trip back.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/protocol/codec.hpp"
#include "common/trainer_lines/lines.hpp"
#include "worker/agent/outbox_format.hpp"

namespace {

using namespace scanyard;

void require(bool condition) {
  if (!condition) std::abort();
}

void try_header(std::string_view bytes) {
  const auto header = protocol::decode_header(bytes);
  if (header) require(protocol::encode_header(*header) == bytes);
}

void try_body(std::uint8_t selector, std::string_view bytes) {
  const auto kind = static_cast<protocol::Kind>(selector);
  if (const auto message = protocol::decode_worker_message(kind, bytes)) {
    require(protocol::decode_worker_message(kind, protocol::encode_body(*message)).has_value());
  }
  if (const auto message = protocol::decode_coordinator_message(kind, bytes)) {
    require(
        protocol::decode_coordinator_message(kind, protocol::encode_body(*message)).has_value());
  }
}

void try_outbox(std::string_view bytes) {
  if (const auto scan = worker::scan_outbox(bytes)) {
    require(scan->good_bytes + scan->torn_bytes == bytes.size());
    require(scan->sizes.size() == scan->reports.size());
  }
}

void try_line(std::string_view bytes) {
  if (const auto event = trainer_lines::parse_event(bytes)) {
    require(trainer_lines::parse_event(trainer_lines::to_line(*event)).has_value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  switch (data[0] % 8) {
    case 0:
      try_header(bytes);
      break;
    case 1:
      try_outbox(bytes);
      break;
    case 2:
      try_line(bytes);
      break;
    default:
      try_body(data[1] % 40, bytes);
      break;
  }
  return 0;
}
