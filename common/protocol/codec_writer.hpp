//! Writes a described structure (fields.hpp) as CBOR.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/assert.hpp"
#include "common/protocol/cbor_writer.hpp"
#include "common/protocol/fields.hpp"
#include "common/protocol/texts.hpp"
#include "common/utf8.hpp"

namespace scanyard::protocol {

/// How many members a structure has now: optional ones count when they are set.
struct MemberCounter {
  std::uint64_t count = 0;
  template <class T>
  void operator()(const char*, const T&, Limit) {
    ++count;
  }
  template <class T>
  void operator()(const char*, const std::optional<T>& value, Limit) {
    count += value.has_value();
  }
};

class CodecWriter {
 public:
  explicit CodecWriter(std::string& out) : cbor_(out) {}

  template <class T>
  void operator()(const char* name, const T& value, Limit limit) {
    cbor_.text(name);
    write(value, limit);
  }
  template <class T>
  void operator()(const char* name, const std::optional<T>& value, Limit limit) {
    if (!value) return;
    cbor_.text(name);
    write(*value, limit);
  }

  void write(bool value, Limit) { cbor_.boolean(value); }
  void write(std::int32_t value, Limit limit) { write(std::int64_t{value}, limit); }
  void write(std::int64_t value, Limit limit) {
    SCANYARD_ASSERT(value >= limit.minimum && value <= limit.maximum, "integer in its range");
    cbor_.integer(value);
  }
  void write(std::uint64_t value, Limit limit) { write(static_cast<std::int64_t>(value), limit); }
  void write(double value, Limit) { cbor_.real(value); }
  void write(const std::string& value, Limit limit) {
    if (limit.clip) {
      const bool valid = is_valid_utf8(value);
      const std::string repaired = valid ? std::string() : to_valid_utf8(value);
      return cbor_.text(
          utf8_prefix(valid ? value : repaired, static_cast<std::size_t>(limit.maximum)));
    }
    check_size(value.size(), limit);
    SCANYARD_ASSERT(is_valid_utf8(value), "texts on the wire are UTF-8");
    cbor_.text(value);
  }
  void write(TimePoint value, Limit) { cbor_.integer(value.ms); }
  void write(Duration value, Limit limit) { write(value.ms, limit); }
  template <class Tag>
  void write(StrongInt<Tag> value, Limit limit) {
    write(value.value, limit);
  }
  void write(const RunId& value, Limit) {
    cbor_.bytes({reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size()});
  }
  void write(const Token& value, Limit) {
    cbor_.array(2);
    write(value.epoch, any);
    write(value.number, any);
  }
  void write(AttemptEnd value, Limit) { cbor_.text(to_text(value)); }
  void write(Acknowledged::Verdict value, Limit) { cbor_.text(to_text(value)); }
  void write(const EpochPoint& value, Limit) {
    cbor_.array(6);
    write(value.epoch, count32);
    write(value.step, any);
    for (const double number : {value.train_loss, value.test_accuracy, value.test_micro_accuracy,
                                value.test_perplexity}) {
      cbor_.real(number);
    }
  }
  template <class T>
  void write(const std::vector<T>& values, Limit limit) {
    check_size(values.size(), limit);
    cbor_.array(values.size());
    for (const auto& value : values)
      write(value, any);
  }
  template <class T>
  requires std::is_class_v<T>
  void write(const T& value, Limit) {
    MemberCounter members;
    fields(members, value);
    cbor_.map(members.count);
    fields(*this, value);
  }

 private:
  static void check_size(std::size_t size, Limit limit) {
    SCANYARD_ASSERT(size >= static_cast<std::uint64_t>(limit.minimum) &&
                        size <= static_cast<std::uint64_t>(limit.maximum),
                    "texts and lists on the wire keep their limits");
  }
  CborWriter cbor_;
};

}  // namespace scanyard::protocol
