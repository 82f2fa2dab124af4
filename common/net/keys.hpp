//! CURVE keys (Curve25519, as ZeroMQ uses them) and their files. Keys are Z85 text of 40
//! characters.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "common/error.hpp"

namespace scanyard::net {

struct KeyPair {
  std::string public_key;
  std::string secret_key;
};

/// A fresh pair from the system's random source.
KeyPair generate_key_pair();

/// Z85 text of a 32-byte key.
bool is_key_text(std::string_view text);

/// The public key that belongs to a secret one. Errors: net.bad_key (never repeats the secret).
Result<std::string> public_key_of(const std::string& secret_key);

/// Key pair files are YAML with `public_key` and `secret_key`, mode 0600.
/// Errors: net.missing_file, net.exposed_file, net.file_failed, net.bad_key, yaml.*; every message
/// names the file and the command that mends it. `mend_missing` is that command for a missing file,
/// such as "scanyard init DIR".
Result<KeyPair> read_key_pair(const std::filesystem::path& path, const std::string& mend_missing);
Result<void> write_key_pair(const std::filesystem::path& path, const KeyPair& pair);

/// Public key files are YAML with `public_key`, mode 0644: what others may know, such as the
/// server's key that clients need.
Result<std::string> read_public_key(const std::filesystem::path& path,
                                    const std::string& mend_missing);
Result<void> write_public_key(const std::filesystem::path& path, const std::string& public_key);

}  // namespace scanyard::net
