#include "worker/agent/outbox_format.hpp"

#include <algorithm>
#include <cstring>
#include <map>

#include "common/assert.hpp"
#include "common/hash.hpp"
#include "common/protocol/codec.hpp"
#include "common/protocol/limits.hpp"
#include "worker/agent/errc.hpp"

namespace scanyard::worker {
namespace {

constexpr char type_report = 1;
constexpr char type_forget = 2;
constexpr std::size_t checksum_bytes = 8;
constexpr std::size_t forget_bytes = 16 + 8 + 8;

std::string mark_of(char type) {
  return {'\xA5', 'R', type, '\0'};
}

void append_number(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i)
    out.push_back(static_cast<char>(value >> (8 * i)));
}

std::uint64_t read_number(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  }
  return value;
}

std::string checksum_of(std::string_view mark_and_length, std::string_view payload) {
  const RunId hash = Hasher().update(mark_and_length).update(payload).finish();
  return {reinterpret_cast<const char*>(hash.bytes.data()), checksum_bytes};
}

std::string encode_record(char type, std::string_view payload) {
  SCANYARD_ASSERT(payload.size() <= protocol::limits::body_bytes_max, "reports keep their limits");
  std::string record = mark_of(type);
  append_number(record, payload.size(), 4);
  record += checksum_of(record, payload);
  record += payload;
  return record;
}

struct Record {
  char type = 0;
  std::string_view payload;
  std::size_t bytes = 0;
};

/// The whole and undamaged record at the start of `text`, if there is one.
std::optional<Record> read_record(std::string_view text) {
  if (text.size() < record_head_bytes) return std::nullopt;
  const char type = text[2];
  if (type != type_report && type != type_forget) return std::nullopt;
  if (text.substr(0, 4) != mark_of(type)) return std::nullopt;
  const std::uint64_t length = read_number(text.substr(4, 4));
  if (length > text.size() - record_head_bytes) return std::nullopt;
  const auto payload = text.substr(record_head_bytes, length);
  if (checksum_of(text.substr(0, 8), payload) != text.substr(8, checksum_bytes)) {
    return std::nullopt;
  }
  return Record{type, payload, record_head_bytes + length};
}

/// Where the next whole record begins at or after `from`; npos = nowhere.
std::size_t find_record(std::string_view text, std::size_t from) {
  while ((from = text.find('\xA5', from)) != std::string_view::npos) {
    if (read_record(text.substr(from))) return from;
    ++from;
  }
  return from;
}

ReportKey read_key(std::string_view payload) {
  ReportKey key;
  std::memcpy(key.run.bytes.data(), payload.data(), key.run.bytes.size());
  key.token.epoch.value = static_cast<std::int64_t>(read_number(payload.substr(16, 8)));
  key.token.number = static_cast<std::int64_t>(read_number(payload.substr(24, 8)));
  return key;
}

/// Reports in the order of the file, with the size of their records.
class Collector {
 public:
  void take(const Record& record, OutboxScan& scan) {
    if (record.type == type_forget) {
      if (record.payload.size() == forget_bytes) forget(read_key(record.payload));
      return;
    }
    auto report = protocol::decode_report(record.payload);
    if (!report) {  // whole, but of a version that is not ours
      scan.damaged_bytes += record.bytes;
      return;
    }
    const ReportKey key{report->run, report->token};
    forget(key);
    order_[next_] = {std::move(*report), record.bytes};
    index_[key] = next_++;
  }
  void finish(OutboxScan& scan) {
    for (auto& [number, entry] : order_) {
      scan.reports.push_back(std::move(entry.report));
      scan.sizes.push_back(entry.bytes);
    }
  }

 private:
  struct Entry {
    AttemptReport report;
    std::size_t bytes = 0;
  };
  void forget(const ReportKey& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return;
    order_.erase(found->second);
    index_.erase(found);
  }
  std::map<std::uint64_t, Entry> order_;
  std::map<ReportKey, std::uint64_t> index_;
  std::uint64_t next_ = 0;
};

}  // namespace

std::string encode_report_record(const AttemptReport& report) {
  return encode_record(type_report, protocol::encode_report(report));
}

std::string encode_forget_record(const ReportKey& key) {
  std::string payload(reinterpret_cast<const char*>(key.run.bytes.data()), key.run.bytes.size());
  append_number(payload, static_cast<std::uint64_t>(key.token.epoch.value), 8);
  append_number(payload, static_cast<std::uint64_t>(key.token.number), 8);
  return encode_record(type_forget, payload);
}

Result<OutboxScan> scan_outbox(std::string_view text) {
  OutboxScan scan;
  if (!text.starts_with(outbox_magic)) {
    if (!outbox_magic.starts_with(text)) {
      return fail(errc::outbox_unreadable, "it does not begin like an outbox");
    }
    scan.torn_bytes = text.size();
    return scan;
  }
  Collector collector;
  std::size_t at = outbox_magic.size();
  scan.good_bytes = at;
  while (at < text.size()) {
    const auto record = read_record(text.substr(at));
    if (record) {
      collector.take(*record, scan);
      at += record->bytes;
      scan.good_bytes = at;
      continue;
    }
    const std::size_t next = find_record(text, at + 1);
    if (next == std::string_view::npos) break;
    scan.damaged_bytes += next - at;
    at = next;
  }
  scan.torn_bytes = text.size() - scan.good_bytes;
  collector.finish(scan);
  return scan;
}

}  // namespace scanyard::worker
