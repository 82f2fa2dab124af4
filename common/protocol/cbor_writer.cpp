#include "common/protocol/cbor_writer.hpp"

#include <bit>

namespace scanyard::protocol {

void CborWriter::head(std::uint8_t major, std::uint64_t value) {
  const auto top = static_cast<std::uint8_t>(major << 5);
  if (value < 24) {
    out_.push_back(static_cast<char>(top | value));
    return;
  }
  const int size_log2 = value <= 0xff ? 0 : value <= 0xffff ? 1 : value <= 0xffffffff ? 2 : 3;
  out_.push_back(static_cast<char>(top | (24 + size_log2)));
  for (int shift = (8 << size_log2) - 8; shift >= 0; shift -= 8) {
    out_.push_back(static_cast<char>(value >> shift));
  }
}

void CborWriter::integer(std::int64_t value) {
  if (value >= 0) {
    head(0, static_cast<std::uint64_t>(value));
  } else {
    head(1, ~static_cast<std::uint64_t>(value));
  }
}

void CborWriter::real(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  out_.push_back('\xfb');
  for (int shift = 56; shift >= 0; shift -= 8)
    out_.push_back(static_cast<char>(bits >> shift));
}

void CborWriter::text(std::string_view value) {
  head(3, value.size());
  out_.append(value);
}

void CborWriter::bytes(std::string_view value) {
  head(2, value.size());
  out_.append(value);
}

}  // namespace scanyard::protocol
