#include "common/protocol/cbor_reader.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <limits>

#include "common/assert.hpp"
#include "common/protocol/errc.hpp"
#include "common/utf8.hpp"

namespace scanyard::protocol {
namespace {

constexpr int major_unsigned = 0, major_negative = 1, major_bytes = 2, major_text = 3;
constexpr int major_array = 4, major_map = 5, major_tag = 6, major_simple = 7;
constexpr int simple_false = 20, simple_true = 21, simple_null = 22;
constexpr int float_half = 25, float_single = 26, float_double = 27;

}  // namespace

void CborReader::at_member(std::string_view name) {
  steps_[static_cast<std::size_t>(depth_)] = {name, -1};
}

void CborReader::at_element(std::int64_t index) {
  steps_[static_cast<std::size_t>(depth_)] = {{}, index};
}

std::string CborReader::path() const {
  std::string text;
  for (int depth = 1; depth <= depth_; ++depth) {
    const Step& step = steps_[static_cast<std::size_t>(depth)];
    if (step.index >= 0) {
      text += fmt::format("[{}]", step.index);
    } else if (!step.name.empty()) {
      if (!text.empty()) text += '.';
      text += to_valid_utf8(utf8_prefix(step.name, 64));
    }
  }
  return text.empty() ? "the body" : text;
}

void CborReader::fail_here(ErrorCode code, std::string_view what) {
  if (failed_) return;
  failed_ = true;
  code_ = code;
  message_ = fmt::format("{} {}", path(), what);
  rest_ = {};
}

Result<void> CborReader::finish() {
  if (!failed_ && !rest_.empty()) {
    depth_ = 0;
    fail_here(errc::bad_cbor, fmt::format("has {} bytes after its end", rest_.size()));
  }
  if (failed_) return fail(code_, message_);
  return {};
}

std::string_view CborReader::take(std::uint64_t size) {
  if (size > rest_.size()) {
    fail_here(errc::bad_cbor, "ends too early");
    return {};
  }
  const auto taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

bool CborReader::head(Head& out) {
  const auto first = take(1);
  if (failed_) return false;
  const auto byte = static_cast<std::uint8_t>(first[0]);
  out.major = byte >> 5;
  out.extra = byte & 31;
  out.value = static_cast<std::uint64_t>(out.extra);
  if (out.extra < 24) return true;
  if (out.extra > 27) {
    fail_here(errc::bad_cbor, "has an indefinite length or a reserved form");
    return false;
  }
  out.value = 0;
  for (const char c : take(std::uint64_t{1} << (out.extra - 24))) {
    out.value = out.value << 8 | static_cast<std::uint8_t>(c);
  }
  return !failed_;
}

bool CborReader::expect(int major, const char* what, Head& out) {
  if (!head(out)) return false;
  if (out.major == major) return true;
  fail_here(errc::bad_value, fmt::format("must be {}", what));
  return false;
}

std::int64_t CborReader::integer(std::int64_t minimum, std::int64_t maximum) {
  Head h;
  if (!head(h)) return minimum;
  if ((h.major == major_unsigned || h.major == major_negative) && h.value <= INT64_MAX) {
    const auto magnitude = static_cast<std::int64_t>(h.value);
    const std::int64_t value = h.major == major_unsigned ? magnitude : ~magnitude;
    if (value >= minimum && value <= maximum) return value;
  }
  fail_here(errc::bad_value, fmt::format("must be an integer from {} to {}", minimum, maximum));
  return minimum;
}

bool CborReader::boolean() {
  Head h;
  if (!head(h)) return false;
  if (h.major != major_simple || (h.extra != simple_false && h.extra != simple_true)) {
    fail_here(errc::bad_value, "must be true or false");
  }
  return h.extra == simple_true;
}

double CborReader::real() {
  Head h;
  if (!head(h)) return 0;
  if (h.major == major_unsigned) return static_cast<double>(h.value);
  if (h.major == major_negative) return -1.0 - static_cast<double>(h.value);
  if (h.major == major_simple && h.extra == float_double) return std::bit_cast<double>(h.value);
  if (h.major == major_simple && h.extra == float_single) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(h.value));
  }
  fail_here(errc::bad_value, "must be a number");
  return 0;
}

std::string_view CborReader::text(std::int64_t minimum, std::int64_t maximum) {
  Head h;
  if (!expect(major_text, "a text", h)) return {};
  if (h.value > static_cast<std::uint64_t>(maximum)) {
    fail_here(errc::too_large, fmt::format("must be at most {} bytes long", maximum));
    return {};
  }
  const auto value = take(h.value);
  if (failed_) return {};
  if (h.value < static_cast<std::uint64_t>(minimum)) {
    fail_here(errc::bad_value, fmt::format("must be at least {} bytes long", minimum));
  } else if (!is_valid_utf8(value)) {
    fail_here(errc::bad_value, "must be UTF-8");
  }
  return failed_ ? std::string_view() : value;
}

std::string_view CborReader::bytes(std::size_t size) {
  Head h;
  if (!expect(major_bytes, "a byte string", h)) return {};
  if (h.value != size) {
    fail_here(errc::bad_value, fmt::format("must have {} bytes", size));
    return {};
  }
  return take(size);
}

std::int64_t CborReader::enter(int major, const char* what, std::int64_t minimum,
                               std::int64_t maximum) {
  SCANYARD_ASSERT(depth_ < limits::depth_max, "structures of the protocol nest less deep");
  Head h;
  // Even after a failure the depth changes, so that the caller's leave() stays balanced.
  const bool found = !failed_ && expect(major, what, h);
  if (found && h.value > static_cast<std::uint64_t>(maximum)) {
    fail_here(errc::too_large, fmt::format("must have at most {} elements", maximum));
  } else if (found && h.value < static_cast<std::uint64_t>(minimum)) {
    fail_here(errc::bad_value, fmt::format("must have at least {} elements", minimum));
  } else if (found && h.value > rest_.size()) {
    fail_here(errc::bad_cbor, "ends too early");  // every element takes a byte at least
  }
  ++depth_;
  steps_[static_cast<std::size_t>(depth_)] = {};
  return failed_ ? 0 : static_cast<std::int64_t>(h.value);
}

std::int64_t CborReader::enter_array(std::int64_t minimum, std::int64_t maximum) {
  return enter(major_array, "a list", minimum, maximum);
}

std::int64_t CborReader::enter_map() {
  return enter(major_map, "a map", 0, std::numeric_limits<std::int32_t>::max());
}

void CborReader::skip() {
  skip_nested(depth_);
}

void CborReader::skip_nested(int depth) {
  Head h;
  if (failed_ || !head(h)) return;
  if (depth > limits::depth_max) {
    return fail_here(errc::too_large, fmt::format("nests deeper than {}", limits::depth_max));
  }
  switch (h.major) {
    case major_unsigned:
    case major_negative:
      return;
    case major_bytes:
    case major_text:
      take(h.value);
      return;
    case major_simple: {
      const bool known = (h.extra >= simple_false && h.extra <= simple_null) ||
                         (h.extra >= float_half && h.extra <= float_double);
      if (!known) fail_here(errc::bad_cbor, "holds an unknown simple value");
      return;
    }
    case major_tag:
      return fail_here(errc::bad_cbor, "holds a tag");
    default:
      break;
  }
  if (h.value > rest_.size()) return fail_here(errc::bad_cbor, "ends too early");
  const std::uint64_t values = h.major == major_map ? 2 * h.value : h.value;
  for (std::uint64_t i = 0; i < values && !failed_; ++i)
    skip_nested(depth + 1);
}

}  // namespace scanyard::protocol
