#include "common/net/allow_list.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/net/errc.hpp"
#include "common/net/keys.hpp"
#include "common/net/secret_file.hpp"
#include "common/text.hpp"
#include "common/yaml/strict.hpp"

namespace scanyard::net {
namespace {

constexpr std::size_t name_characters_max = 64;
constexpr const char* mend_missing = "run `scanyard init DIR`, or `scanyard key add NAME`";

Result<std::vector<AllowedKey>> parse(const std::string& text, const std::string& source) {
  auto document = yaml::parse(text, source);
  if (!document) return propagate(document);
  std::vector<AllowedKey> keys;
  std::optional<Error> wrong;
  yaml::Mapping root(*document);
  root.list("allowed", [&](yaml::Mapping& entry) {
    AllowedKey key;
    std::string role;
    entry.required("name", key.name);
    entry.choice("role", role, {"worker", "client"});
    if (!entry.has("role")) entry.required("role", role);
    entry.required("public_key", key.public_key);
    entry.optional("added", key.added);
    const int line = entry.line();
    const auto note = [&](ErrorCode code, const std::string& what) {
      if (!wrong) wrong = yaml::error_at(code, source, line, what);
    };
    if (auto ok = check_key_name(key.name); !ok) note(errc::bad_name, ok.error().message());
    if (!is_key_text(key.public_key)) {
      note(errc::bad_key,
           fmt::format("the public_key of '{}' is no key: a key has 40 characters of "
                       "Z85",
                       key.name));
    }
    for (const auto& other : keys) {
      if (other.name == key.name)
        note(errc::already_listed, fmt::format("'{}' is there twice", key.name));
      if (other.public_key == key.public_key) {
        note(errc::already_listed, fmt::format("'{}' has the key of '{}'", key.name, other.name));
      }
    }
    key.role = role_from_text(role).value_or(Role::client);
    keys.push_back(std::move(key));
  });
  if (auto done = root.finish(); !done) return propagate(done);
  if (wrong) return tl::unexpected<Error>(*wrong);
  return keys;
}

std::string to_yaml(const std::vector<AllowedKey>& keys) {
  std::string text =
      "# Keys that may talk to the coordinator. Changed by `scanyard key add` and `scanyard key "
      "remove`;\n# a running coordinator takes changes up within a second.\nallowed:";
  if (keys.empty()) return text + " []\n";
  text += '\n';
  for (const auto& key : keys) {
    text +=
        fmt::format("  - name: \"{}\"\n    role: {}\n    public_key: \"{}\"\n    added: \"{}\"\n",
                    key.name, to_text(key.role), key.public_key, key.added);
  }
  return text;
}

/// Holds DIR/allowed.yaml.lock while the file is read, changed and written.
class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& path)
      : fd_(::open((path.string() + ".lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {
    while (fd_ >= 0 && ::flock(fd_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~FileLock() {
    if (fd_ >= 0) ::close(fd_);
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  bool held() const { return fd_ >= 0; }

 private:
  int fd_;
};

/// Reads the list (empty when there is no file yet) under the lock and writes what `change` made.
template <class Change>
auto change_file(const std::filesystem::path& path, Change change)
    -> decltype(change(std::declval<std::vector<AllowedKey>&>())) {
  const FileLock lock(path);
  if (!lock.held()) {
    return fail(errc::file_failed,
                fmt::format("cannot lock {}: {}", path.string(), std::strerror(errno)));
  }
  std::vector<AllowedKey> keys;
  auto text = read_whole_file(path, mend_missing);
  if (!text && text.error().code() != errc::missing_file) return propagate(text);
  if (text) {
    auto parsed = parse(*text, path.string());
    if (!parsed) return propagate(parsed);
    keys = std::move(*parsed);
  }
  auto changed = change(keys);
  if (!changed) return changed;
  auto written = write_whole_file(path, to_yaml(keys), secret_mode, Existing::replace);
  if (!written) return propagate(written);
  return changed;
}

}  // namespace

std::string_view to_text(Role role) {
  return role == Role::worker ? "worker" : "client";
}

std::optional<Role> role_from_text(std::string_view text) {
  if (text == "worker") return Role::worker;
  if (text == "client") return Role::client;
  return std::nullopt;
}

Result<void> check_key_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  if (!name.empty() && name.size() <= name_characters_max &&
      std::all_of(name.begin(), name.end(), allowed)) {
    return {};
  }
  return fail(errc::bad_name, fmt::format("'{}' is no name of a key: 1 to 64 letters, digits, '.', "
                                          "'_' or '-'",
                                          name));
}

Result<AllowList> AllowList::load(const std::filesystem::path& path) {
  AllowList list;
  list.path_ = path;
  if (auto done = list.read(); !done) return propagate(done, "reading the allow-list");
  return list;
}

AllowList AllowList::of(std::vector<AllowedKey> keys) {
  AllowList list;
  list.keys_ = std::move(keys);
  for (std::size_t i = 0; i < list.keys_.size(); ++i)
    list.index_[list.keys_[i].public_key] = i;
  return list;
}

std::optional<AllowList::Stamp> AllowList::stamp_of(const std::filesystem::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return Stamp{static_cast<std::int64_t>(info.st_dev), static_cast<std::int64_t>(info.st_ino),
               info.st_size, info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec};
}

Result<void> AllowList::read() {
  // The stamp is taken first: a change during the read is then seen by the next refresh.
  const auto stamp = stamp_of(path_);
  auto text = read_whole_file(path_, mend_missing);
  if (!text) return propagate(text);
  auto keys = parse(*text, path_.string());
  if (!keys) return propagate(keys);
  stamp_ = stamp;
  keys_ = std::move(*keys);
  index_.clear();
  for (std::size_t i = 0; i < keys_.size(); ++i)
    index_[keys_[i].public_key] = i;
  return {};
}

Result<bool> AllowList::refresh() {
  if (path_.empty() || stamp_of(path_) == stamp_) return false;
  if (auto done = read(); !done) return propagate(done, "reading the allow-list again");
  ++generation_;
  return true;
}

const AllowedKey* AllowList::find(const std::string& public_key) const {
  const auto found = index_.find(public_key);
  return found == index_.end() ? nullptr : &keys_[found->second];
}

Result<void> add_allowed_key(const std::filesystem::path& path, const AllowedKey& key) {
  if (auto ok = check_key_name(key.name); !ok) return propagate(ok);
  if (!is_key_text(key.public_key)) {
    return fail(errc::bad_key,
                fmt::format("'{}' is no public key of 40 characters of Z85", key.public_key));
  }
  return change_file(path, [&](std::vector<AllowedKey>& keys) -> Result<void> {
    for (const auto& other : keys) {
      if (other.name == key.name) {
        return fail(errc::already_listed,
                    fmt::format("there is a key named '{}' already: choose "
                                "another name, or run `scanyard key remove {}` first",
                                key.name, key.name));
      }
      if (other.public_key == key.public_key) {
        return fail(errc::already_listed,
                    fmt::format("this key is listed already, as '{}'", other.name));
      }
    }
    keys.push_back(key);
    return {};
  });
}

Result<AllowedKey> remove_allowed_key(const std::filesystem::path& path, const std::string& name) {
  return change_file(path, [&](std::vector<AllowedKey>& keys) -> Result<AllowedKey> {
    const auto found =
        std::find_if(keys.begin(), keys.end(), [&](const auto& k) { return k.name == name; });
    if (found != keys.end()) {
      AllowedKey removed = *found;
      keys.erase(found);
      return removed;
    }
    std::vector<std::string> names;
    for (const auto& key : keys)
      names.push_back(key.name);
    return fail(errc::not_listed,
                fmt::format("no key is named '{}'{}", name, yaml::suggestion(name, names)));
  });
}

}  // namespace scanyard::net
