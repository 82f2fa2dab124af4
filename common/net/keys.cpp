#include "common/net/keys.hpp"

#include <fmt/format.h>
#include <zmq.h>

#include <array>

#include "common/assert.hpp"
#include "common/net/errc.hpp"
#include "common/net/secret_file.hpp"
#include "common/yaml/strict.hpp"

namespace scanyard::net {
namespace {

constexpr std::size_t key_characters = 40;
constexpr std::size_t key_bytes = 32;

std::string to_z85(const std::array<std::uint8_t, key_bytes>& key) {
  char text[key_characters + 1];
  zmq_z85_encode(text, key.data(), key.size());
  return text;
}

Result<void> check_key(const std::string& text, const std::string& what) {
  if (is_key_text(text)) return {};
  return fail(errc::bad_key, fmt::format("{} is no key: a key has 40 characters of Z85", what));
}

}  // namespace

KeyPair generate_key_pair() {
  char public_key[key_characters + 1], secret_key[key_characters + 1];
  const int failed = zmq_curve_keypair(public_key, secret_key);
  SCANYARD_ASSERT(failed == 0, "libzmq is built with CURVE");
  return {public_key, secret_key};
}

bool is_key_text(std::string_view text) {
  if (text.size() != key_characters || text.find('\0') != std::string_view::npos) return false;
  std::array<std::uint8_t, key_bytes> key{};
  const std::string terminated(text);
  // The decoder takes what overflows 32 bits a group; only what encodes back to itself is a key.
  return zmq_z85_decode(key.data(), terminated.c_str()) != nullptr && to_z85(key) == text;
}

Result<std::string> public_key_of(const std::string& secret_key) {
  if (auto ok = check_key(secret_key, "the secret key"); !ok) return propagate(ok);
  char public_key[key_characters + 1];
  const int failed = zmq_curve_public(public_key, secret_key.c_str());
  SCANYARD_ASSERT(failed == 0, "libzmq is built with CURVE");
  return std::string(public_key);
}

Result<KeyPair> read_key_pair(const std::filesystem::path& path, const std::string& mend_missing) {
  auto text = read_secret_file(path, mend_missing);
  if (!text) return propagate(text, "reading a key pair");
  auto document = yaml::parse(*text, path.string());
  if (!document) return propagate(document);
  KeyPair pair;
  yaml::Mapping root(*document);
  root.required("public_key", pair.public_key);
  root.required("secret_key", pair.secret_key);
  if (auto done = root.finish(); !done) return propagate(done);
  const auto expected = public_key_of(pair.secret_key);
  if (!expected || *expected != pair.public_key) {
    const auto* what = expected ? "its public key does not belong to its secret key"
                                : "its secret_key is no key of 40 characters of Z85";
    return fail(errc::bad_key, fmt::format("{}: {}; remove it and make a new one: {}",
                                           path.string(), what, mend_missing));
  }
  return pair;
}

Result<void> write_key_pair(const std::filesystem::path& path, const KeyPair& pair) {
  const std::string text = fmt::format(
      "# CURVE key pair of Scanyard. Whoever has this file can act as its owner: keep it at mode "
      "0600.\npublic_key: \"{}\"\nsecret_key: \"{}\"\n",
      pair.public_key, pair.secret_key);
  return write_whole_file(path, text, secret_mode, Existing::refuse);
}

Result<std::string> read_public_key(const std::filesystem::path& path,
                                    const std::string& mend_missing) {
  auto text = read_whole_file(path, mend_missing);
  if (!text) return propagate(text, "reading a public key");
  auto document = yaml::parse(*text, path.string());
  if (!document) return propagate(document);
  std::string public_key;
  yaml::Mapping root(*document);
  root.required("public_key", public_key);
  if (auto done = root.finish(); !done) return propagate(done);
  if (auto ok = check_key(public_key, fmt::format("'{}' in {}", public_key, path.string())); !ok) {
    return propagate(ok);
  }
  return public_key;
}

Result<void> write_public_key(const std::filesystem::path& path, const std::string& public_key) {
  const std::string text =
      fmt::format("# Public CURVE key of Scanyard: no secret.\npublic_key: \"{}\"\n", public_key);
  return write_whole_file(path, text, open_mode, Existing::replace);
}

}  // namespace scanyard::net
