//! A pull parser for the subset of CBOR (RFC 8949) that the protocol uses. It allocates nothing but
//! the texts it hands out, never recurses deeper than limits::depth_max, and never throws.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/error.hpp"
#include "common/protocol/limits.hpp"

namespace scanyard::protocol {

/// Reads values in order. The first thing that is wrong is kept with its path, and every later read
/// returns nothing of value: callers read a whole structure and ask error() once.
///
/// Subset: integers within int64, booleans, 32- and 64-bit floats, byte and text strings, arrays
/// and maps with text keys, all of definite length. Tags, null, half floats and indefinite lengths
/// are refused, except inside members that nobody reads (skip), where null and half floats pass.
class CborReader {
 public:
  explicit CborReader(std::string_view bytes) : rest_(bytes) {}

  std::int64_t integer(std::int64_t minimum, std::int64_t maximum);
  bool boolean();
  /// Integers are taken as well: a writer may shorten 2.0 to 2.
  double real();
  /// Well-formed UTF-8 of `minimum` to `maximum` bytes; points into the bytes given at
  /// construction.
  std::string_view text(std::int64_t minimum, std::int64_t maximum);
  std::string_view bytes(std::size_t size);
  /// Number of values or pairs that follow. The caller reads exactly that many, then calls leave().
  std::int64_t enter_array(std::int64_t minimum, std::int64_t maximum);
  std::int64_t enter_map();
  void leave() { --depth_; }
  /// Reads past one value of any kind.
  void skip();

  /// Which member or element is read now, for messages. Valid until the next call at this depth.
  void at_member(std::string_view name);
  void at_element(std::int64_t index);

  /// Notes an error at the present path, unless there is one already.
  void fail_here(ErrorCode code, std::string_view what);
  bool failed() const { return failed_; }
  /// To be called once after reading: the first error, or bad_cbor when bytes are left over.
  Result<void> finish();

 private:
  struct Head {
    int major = 0;
    int extra = 0;  ///< the low five bits
    std::uint64_t value = 0;
  };
  bool head(Head& out);
  bool expect(int major, const char* what, Head& out);
  std::int64_t enter(int major, const char* what, std::int64_t minimum, std::int64_t maximum);
  std::string_view take(std::uint64_t size);
  void skip_nested(int depth);
  std::string path() const;

  struct Step {
    std::string_view name;
    std::int64_t index = -1;
  };
  std::string_view rest_;
  std::array<Step, limits::depth_max + 1> steps_{};
  int depth_ = 0;
  bool failed_ = false;
  ErrorCode code_{};
  std::string message_;
};

}  // namespace scanyard::protocol
