#include "common/hash.hpp"

#include <sodium.h>

#include "common/assert.hpp"

namespace scanyard {

struct Hasher::State {
  crypto_generichash_state value;
};

Hasher::Hasher() : state_(std::make_unique<State>()) {
  const int failed = crypto_generichash_init(&state_->value, nullptr, 0, sizeof(RunId::bytes));
  SCANYARD_ASSERT(failed == 0, "BLAKE2b accepts 16 bytes of output");
}

Hasher::Hasher(const Hasher& other) : state_(std::make_unique<State>(*other.state_)) {}
Hasher& Hasher::operator=(const Hasher& other) {
  *state_ = *other.state_;
  return *this;
}
Hasher::~Hasher() = default;

Hasher& Hasher::update(std::string_view bytes) {
  crypto_generichash_update(&state_->value, reinterpret_cast<const unsigned char*>(bytes.data()),
                            bytes.size());
  return *this;
}

RunId Hasher::finish() {
  RunId id;
  crypto_generichash_final(&state_->value, id.bytes.data(), id.bytes.size());
  return id;
}

std::string checksum_hex(std::string_view bytes) {
  unsigned char digest[32];
  crypto_generichash(digest, sizeof digest, reinterpret_cast<const unsigned char*>(bytes.data()),
                     bytes.size(), nullptr, 0);
  char text[2 * sizeof digest + 1];
  sodium_bin2hex(text, sizeof text, digest, sizeof digest);
  return text;
}

}  // namespace scanyard
