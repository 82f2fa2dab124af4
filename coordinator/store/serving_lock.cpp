#include "coordinator/store/serving_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "coordinator/store/errc.hpp"

namespace scanyard::store {
namespace {

std::string read_process_id(int file) {
  char text[32] = {};
  const ssize_t count = ::pread(file, text, sizeof text - 1, 0);
  std::string id(text, count > 0 ? static_cast<std::size_t>(count) : 0);
  while (!id.empty() && (id.back() < '0' || id.back() > '9'))
    id.pop_back();
  return id;
}

}  // namespace

Result<ServingLock> ServingLock::take(const std::filesystem::path& database) {
  // Two paths to one file share one lock.
  std::error_code unresolved;
  auto path = std::filesystem::weakly_canonical(database, unresolved);
  if (unresolved) path = database;
  path += ".lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return fail(errno == EACCES || errno == EPERM ? errc::permission : errc::io,
                fmt::format("cannot open {}: {}", path.string(), std::strerror(errno)));
  }
  ServingLock lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return fail(errc::io, fmt::format("cannot lock {}: {}", path.string(), std::strerror(errno)));
    }
    const std::string owner = read_process_id(file);
    return fail(errc::already_served,
                fmt::format("{} is served already{}: stop that coordinator first, or use another "
                            "folder",
                            database.string(), owner.empty() ? "" : " by process " + owner));
  }
  const std::string id = std::to_string(::getpid()) + "\n";
  const bool written = ::ftruncate(file, 0) == 0 &&
                       ::pwrite(file, id.data(), id.size(), 0) == static_cast<ssize_t>(id.size());
  if (!written) {
    // The lock holds all the same; only the other process's message would lack the number.
    if (::ftruncate(file, 0) != 0) return lock;
  }
  return lock;
}

ServingLock::ServingLock(ServingLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
ServingLock& ServingLock::operator=(ServingLock&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}
ServingLock::~ServingLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace scanyard::store
