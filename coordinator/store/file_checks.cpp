#include "coordinator/store/file_checks.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "coordinator/store/errc.hpp"

namespace scanyard::store {
namespace {

namespace fs = std::filesystem;

// Numbers from linux/magic.h and the file systems' own headers (statfs(2) lists most of them).
constexpr std::array<std::pair<std::uint32_t, std::string_view>, 17> network_types = {{
    {0x6969, "NFS"},
    {0xff534d42, "CIFS"},
    {0xfe534d42, "SMB2"},
    {0x517b, "SMB"},
    {0x0bd00bd0, "Lustre"},
    {0x47504653, "GPFS"},
    {0x19830326, "BeeGFS"},
    {0x65735546, "FUSE (it may be a network one, such as sshfs)"},
    {0x00c36400, "Ceph"},
    {0x5346414f, "AFS"},
    {0x6b414653, "kAFS"},
    {0x73757245, "Coda"},
    {0x564c, "NCP"},
    {0x01021997, "9P"},
    {0x7461636f, "OCFS2"},
    {0x01161970, "GFS2"},
    {0xaad7aaea, "PanFS"},
}};

tl::unexpected<Error> failed(const fs::path& path, const char* doing, int error) {
  const auto code = error == EACCES || error == EPERM     ? errc::permission
                    : error == ENOSPC || error == EDQUOT  ? errc::disk_full
                    : error == ENOENT || error == ENOTDIR ? errc::missing_file
                                                          : errc::io;
  return fail(code, fmt::format("{} {}: {}", doing, path.string(), std::strerror(error)));
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// Closes on every way out.
class FileDescriptor {
 public:
  explicit FileDescriptor(int value) : value_(value) {}
  ~FileDescriptor() {
    if (value_ >= 0) ::close(value_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return value_; }

 private:
  int value_;
};

Result<void> sync_path(const fs::path& path, int flags) {
  const FileDescriptor file(::open(path.c_str(), flags | O_CLOEXEC));
  if (file.get() < 0) return failed(path, "cannot open", errno);
  if (::fsync(file.get()) != 0) return failed(path, "cannot write to disk", errno);
  return {};
}

}  // namespace

std::optional<std::string_view> network_file_system_name(std::int64_t type) {
  for (const auto& [number, name] : network_types) {
    if (number == static_cast<std::uint32_t>(type)) return name;
  }
  return std::nullopt;
}

Result<void> check_file_system(const fs::path& path) {
  struct statfs info {};
  const fs::path folder = folder_of(path);
  if (::statfs(folder.c_str(), &info) != 0) return failed(folder, "cannot use the folder", errno);
  return check_file_system_type(path, info.f_type);
}

Result<void> check_file_system_type(const fs::path& path, std::int64_t type) {
  const auto name = network_file_system_name(type);
  if (!name) return {};
  return fail(
      errc::network_file_system,
      fmt::format("{} lies on a network file system, {}: SQLite would damage the database "
                  "there; put it on a local disk, or, when only this machine ever opens it, "
                  "write allow_network_file_system: true into scanyard.yaml",
                  path.string(), *name));
}

Result<void> create_private_file(const fs::path& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (file.get() < 0) return failed(path, "cannot create", errno);
  return {};
}

Result<void> check_header(const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) {
      return fail(errc::missing_file, fmt::format("there is no database {}", path.string()));
    }
    return failed(path, "cannot read", errno);
  }
  if (!S_ISREG(info.st_mode)) {
    return fail(errc::missing_file, fmt::format("{} is not a file", path.string()));
  }
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return failed(path, "cannot read", errno);
  std::array<char, 100> header{};
  const ssize_t count = ::read(file.get(), header.data(), header.size());
  if (count < 0) return failed(path, "cannot read", errno);
  if (count == 0) return {};
  constexpr std::string_view magic("SQLite format 3\0", 16);
  const auto seen = std::string_view(header.data(), static_cast<std::size_t>(count));
  if (!seen.starts_with(magic)) {
    return fail(errc::not_scanyard, fmt::format("{} is not a SQLite database", path.string()));
  }
  if (seen.size() < header.size()) {
    return fail(errc::damaged, fmt::format("{} is cut off after {} bytes", path.string(), count));
  }
  return {};
}

Result<void> sync_file_and_folder(const fs::path& path) {
  if (auto synced = sync_path(path, O_RDONLY); !synced) return synced;
  return sync_path(folder_of(path), O_RDONLY | O_DIRECTORY);
}

}  // namespace scanyard::store
