//! Who may talk to the coordinator: a YAML file of public keys, each with a name and a role.
//!
//!   allowed:
//!     - name: node1
//!       role: worker        # worker or client
//!       public_key: "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
//!       added: 2026-03-01T12:00:00Z
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/error.hpp"

namespace scanyard::net {

/// What a key's holder may do: workers train, clients ask (`scanyard submit` and the like).
enum class Role { worker, client };
std::string_view to_text(Role role);
std::optional<Role> role_from_text(std::string_view text);

struct AllowedKey {
  std::string name;  ///< unique; 1 to 64 letters, digits, '.', '_' or '-'
  Role role = Role::worker;
  std::string public_key;
  std::string added;  ///< for people: "2026-03-01T12:00:00Z"
};

/// Errors: net.bad_name.
Result<void> check_key_name(std::string_view name);

/// The list as it stood in its file when it was last read. Not thread-safe.
class AllowList {
 public:
  /// Errors: net.missing_file (with the command that makes it), net.file_failed, net.bad_key,
  /// net.bad_name, net.already_listed (a name or key twice), yaml.*.
  static Result<AllowList> load(const std::filesystem::path& path);
  /// A list without a file, for tests: refresh() never changes it.
  static AllowList of(std::vector<AllowedKey> keys);

  /// Reads the file again if it has changed since; true when it had. On an error the list stays as
  /// it was, so that a slip of the editor locks nobody out.
  Result<bool> refresh();

  const AllowedKey* find(const std::string& public_key) const;
  const std::vector<AllowedKey>& keys() const { return keys_; }
  /// Rises with every refresh() that found a change.
  std::uint64_t generation() const { return generation_; }

 private:
  struct Stamp {
    std::int64_t device = 0, inode = 0, size = 0, changed_ns = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  Result<void> read();
  static std::optional<Stamp> stamp_of(const std::filesystem::path& path);

  std::filesystem::path path_;
  std::optional<Stamp> stamp_;
  std::vector<AllowedKey> keys_;
  std::unordered_map<std::string, std::size_t> index_;  ///< public key -> position in keys_
  std::uint64_t generation_ = 1;
};

/// Changes the file under a lock, so that two commands at once lose nothing; a running coordinator
/// takes the change up within a second. The file is made when it is missing.
/// Errors: net.already_listed, net.bad_name, net.bad_key, and those of load.
Result<void> add_allowed_key(const std::filesystem::path& path, const AllowedKey& key);
/// Errors: net.not_listed with the nearest name.
Result<AllowedKey> remove_allowed_key(const std::filesystem::path& path, const std::string& name);

}  // namespace scanyard::net
