//! Appends CBOR (RFC 8949), always in its shortest form and with definite lengths.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace scanyard::protocol {

class CborWriter {
 public:
  explicit CborWriter(std::string& out) : out_(out) {}

  void integer(std::int64_t value);
  void boolean(bool value) { out_.push_back(value ? '\xf5' : '\xf4'); }
  /// Eight bytes, whatever the value: not-a-number and infinities pass unchanged.
  void real(double value);
  void text(std::string_view value);
  void bytes(std::string_view value);
  /// `count` values follow.
  void array(std::uint64_t count) { head(4, count); }
  /// `count` pairs of a key and a value follow.
  void map(std::uint64_t count) { head(5, count); }

 private:
  void head(std::uint8_t major, std::uint64_t value);

  std::string& out_;
};

}  // namespace scanyard::protocol
