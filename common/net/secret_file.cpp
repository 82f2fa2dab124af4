#include "common/net/secret_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "common/net/errc.hpp"

namespace scanyard::net {
namespace {

constexpr std::size_t file_bytes_max = 1 << 20;

/// Closes on every way out.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

tl::unexpected<Error> system_failure(const char* doing, const std::filesystem::path& path) {
  const int why = errno;
  return fail(errc::file_failed,
              fmt::format("cannot {} {}: {}", doing, path.string(), std::strerror(why)));
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// So that the rename itself survives a power cut. Some file systems refuse to sync a folder; the
/// file is whole either way.
void sync_folder(const std::filesystem::path& folder) {
  const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.ok()) ::fsync(fd.get());
}

Result<std::string> read_checked(const std::filesystem::path& path, const std::string& mend,
                                 bool secret) {
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.ok() && errno == ENOENT) {
    return fail(errc::missing_file, fmt::format("{} does not exist: {}", path.string(), mend));
  }
  if (!fd.ok()) return system_failure("open", path);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return system_failure("look at", path);
  if (!S_ISREG(info.st_mode)) {
    return fail(errc::file_failed, fmt::format("{} is no regular file", path.string()));
  }
  if (secret && (info.st_mode & 077) != 0) {
    return fail(
        errc::exposed_file,
        fmt::format("{} holds a secret key, but others may read it (mode {:04o}): run `chmod "
                    "600 {}`",
                    path.string(), info.st_mode & 07777, path.string()));
  }
  if (secret && info.st_uid != ::geteuid() && info.st_uid != 0) {
    return fail(
        errc::exposed_file,
        fmt::format("{} holds a secret key, but belongs to another user (uid {}): run `chown "
                    "{} {}`",
                    path.string(), info.st_uid, ::geteuid(), path.string()));
  }
  std::string text;
  char buffer[8192];
  while (true) {
    const auto got = ::read(fd.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure("read", path);
    if (got == 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
    if (text.size() > file_bytes_max) {
      return fail(errc::file_failed, fmt::format("{} is larger than 1 MiB", path.string()));
    }
  }
}

/// Gives the finished temporary file its name: `refuse` must not replace what another process made
/// in between, which link() guarantees and rename() does not.
bool give_name(const std::string& temporary, const std::filesystem::path& path, Existing existing) {
  if (existing == Existing::replace) return ::rename(temporary.c_str(), path.c_str()) == 0;
  const bool linked = ::link(temporary.c_str(), path.c_str()) == 0;
  const int why = errno;
  ::unlink(temporary.c_str());
  errno = why;
  return linked;
}

}  // namespace

Result<void> write_whole_file(const std::filesystem::path& path, const std::string& text,
                              unsigned mode, Existing existing) {
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::error_code exists;
  if (!std::filesystem::exists(folder, exists)) {
    std::error_code made;
    std::filesystem::create_directories(folder, made);
    if (made) {
      return fail(errc::file_failed,
                  fmt::format("cannot make the folder {}: {}", folder.string(), made.message()));
    }
    ::chmod(folder.c_str(), 0700);
  }
  std::string temporary = path.string() + ".XXXXXX";
  const Descriptor fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd.ok()) return system_failure("write", path);
  const bool written =
      ::fchmod(fd.get(), mode) == 0 && write_all(fd.get(), text) && ::fsync(fd.get()) == 0;
  if (!written) {
    auto error = system_failure("write", path);
    ::unlink(temporary.c_str());
    return error;
  }
  if (!give_name(temporary, path, existing)) {
    if (errno == EEXIST) {
      return fail(errc::file_exists, fmt::format("{} exists already", path.string()));
    }
    auto error = system_failure("write", path);
    ::unlink(temporary.c_str());
    return error;
  }
  sync_folder(folder);
  return {};
}

Result<std::string> read_whole_file(const std::filesystem::path& path, const std::string& mend) {
  return read_checked(path, mend, false);
}

Result<std::string> read_secret_file(const std::filesystem::path& path, const std::string& mend) {
  return read_checked(path, mend, true);
}

}  // namespace scanyard::net
