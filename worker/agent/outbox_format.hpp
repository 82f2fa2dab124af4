//! The bytes of an outbox file: a magic line, then records. Pure.
//!
//!   file    "SCYOUTB1"                                             8 bytes
//!   record  mark 0xA5 'R' type 0x00 | payload length, little-endian | BLAKE2b of type, length and
//!           payload, first 8 bytes | payload                       4 + 4 + 8 + length bytes
//!   types   1 = a report (protocol::encode_report), 2 = a report is acknowledged (run, token)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.hpp"
#include "common/records.hpp"
#include "worker/core/state.hpp"

namespace scanyard::worker {

inline constexpr std::string_view outbox_magic = "SCYOUTB1";
inline constexpr std::size_t record_head_bytes = 16;

std::string encode_report_record(const AttemptReport& report);
std::string encode_forget_record(const ReportKey& key);

/// What a file holds.
struct OutboxScan {
  std::vector<AttemptReport> reports;  ///< not acknowledged, oldest first, each once
  std::vector<std::size_t> sizes;      ///< of their records, in bytes
  std::size_t good_bytes = 0;          ///< up to the end of the last whole record
  std::size_t damaged_bytes = 0;       ///< before good_bytes: skipped, because whole records follow
  std::size_t torn_bytes = 0;          ///< after good_bytes: the tail that a crash cut off
};

/// Reads a file's bytes. A record that is cut off or damaged is skipped, and reading goes on at the
/// next whole one. An empty text, or a part of the magic, is an outbox that a crash cut off at its
/// birth. Errors: worker.outbox_unreadable when the text begins with something else.
Result<OutboxScan> scan_outbox(std::string_view text);

}  // namespace scanyard::worker
