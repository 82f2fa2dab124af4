//! BLAKE2b through libsodium: run ids, checksums of migrations and of outbox records.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/ids.hpp"

namespace scanyard {

/// An incremental 128-bit BLAKE2b. Copies continue independently, so that a common prefix is hashed
/// only once.
class Hasher {
 public:
  Hasher();
  Hasher(const Hasher& other);
  Hasher& operator=(const Hasher& other);
  ~Hasher();

  Hasher& update(std::string_view bytes);
  /// The hash of everything so far. The hasher must not be used afterwards.
  RunId finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// 64 hexadecimal digits: BLAKE2b, 256 bits.
std::string checksum_hex(std::string_view bytes);

}  // namespace scanyard
