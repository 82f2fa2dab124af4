#include "worker/agent/state_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "common/hash.hpp"
#include "common/net/client_channel.hpp"
#include "worker/agent/errc.hpp"
#include "worker/agent/outbox.hpp"

namespace scanyard::worker {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> failure(const char* doing, const fs::path& path, int why) {
  return fail(errc::state_folder,
              fmt::format("cannot {} {}: {}", doing, path.string(), std::strerror(why)));
}

/// The descriptor of a folder's lock: -1 = somebody holds it, or the errno negated below that.
struct LockAttempt {
  int fd = -1;
  int error = 0;  ///< 0 = somebody else holds it
};

LockAttempt try_lock(const fs::path& folder) {
  const int fd = ::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return {-1, errno};
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return {fd, 0};
  const int why = errno;
  ::close(fd);
  return {-1, why == EWOULDBLOCK ? 0 : why};
}

std::vector<fs::path> folders_in(const fs::path& parent) {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(parent, ignored)) {
    if (entry.is_directory(ignored) && entry.path().filename() != "checkpoints") {
      found.push_back(entry.path());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// "node1" of "node1-3f2a".
std::string host_of(const std::string& name) {
  return name.substr(0, name.rfind('-'));
}

/// Letters, digits and dots of a host name, so that it can be a folder and a name on a page.
std::string tidy_host(const std::string& host) {
  std::string tidy;
  for (const char c : host.substr(0, 64)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '_' || c == '-';
    tidy += plain ? c : '_';
  }
  return tidy.empty() ? "worker" : tidy;
}

void note_owner(int lock) {
  const std::string text = fmt::format("pid {}\n", ::getpid());
  const bool noted = ::ftruncate(lock, 0) == 0 && ::pwrite(lock, text.data(), text.size(), 0) >= 0;
  (void)noted;  // for people only; the lock itself is what counts
}

}  // namespace

StateFolder::StateFolder(StateFolder&& other) noexcept
    : folder_(std::move(other.folder_)),
      name_(std::move(other.name_)),
      lock_(std::exchange(other.lock_, -1)) {}

StateFolder::~StateFolder() {
  if (lock_ >= 0) ::close(lock_);
}

Result<StateFolder> StateFolder::claim(const fs::path& root, const std::string& server_key,
                                       const std::string& host) {
  const fs::path parent = root / checksum_hex(server_key).substr(0, 12);
  std::error_code made;
  fs::create_directories(parent / "checkpoints", made);
  if (made) return failure("make the folder", parent, made.value());
  ::chmod(parent.c_str(), 0700);
  const std::string tidy = tidy_host(host);
  for (const auto& folder : folders_in(parent)) {
    const std::string name = folder.filename().string();
    if (host_of(name) != tidy) continue;
    const auto lock = try_lock(folder);
    if (lock.error != 0) return failure("lock", folder, lock.error);
    if (lock.fd < 0) continue;
    note_owner(lock.fd);
    return StateFolder(folder, name, lock.fd);
  }
  for (int attempt = 0; attempt < 100; ++attempt) {
    const std::string name = tidy + "-" + net::random_id().substr(0, 4);
    const fs::path folder = parent / name;
    if (::mkdir(folder.c_str(), 0700) != 0) {
      if (errno == EEXIST) continue;
      return failure("make the folder", folder, errno);
    }
    const auto lock = try_lock(folder);
    if (lock.error != 0) return failure("lock", folder, lock.error);
    if (lock.fd < 0) continue;  // another worker that is starting was faster
    note_owner(lock.fd);
    return StateFolder(folder, name, lock.fd);
  }
  return failure("find a free name in", parent, EEXIST);
}

void StateFolder::touch() const {
  ::futimens(lock_, nullptr);
}

/// On this host a free lock says it all. A lock over a network file system may not be seen, so a
/// folder of another host must also have been silent: by the clock of the file system, which sets
/// the times of both lock files.
bool StateFolder::looks_abandoned(const fs::path& folder) const {
  struct stat theirs {
  }, ours{};
  if (::stat((folder / "lock").c_str(), &theirs) != 0) return false;
  if (host_of(folder.filename().string()) == host_of(name_)) return true;
  touch();
  if (::fstat(lock_, &ours) != 0) return false;
  return ours.st_mtim.tv_sec - theirs.st_mtim.tv_sec > abandoned_after_s;
}

int StateFolder::adopt_abandoned(const std::function<bool(std::vector<AttemptReport>)>& take,
                                 const std::function<void(const Error&)>& complain) const {
  int adopted = 0;
  for (const auto& folder : folders_in(folder_.parent_path())) {
    const fs::path file = folder / "outbox";
    std::error_code ignored;
    const bool empty = fs::file_size(file, ignored) <= outbox_magic.size();
    if (folder == folder_ || ignored || empty || !looks_abandoned(folder)) continue;
    const auto lock = try_lock(folder);
    if (lock.fd < 0) continue;
    Outbox::Opened found;
    auto outbox = Outbox::open(file, found);
    if (!outbox) {
      complain(outbox.error());
    } else if (found.reports.empty() || take(std::move(found.reports))) {
      fs::remove(file, ignored);
      ++adopted;
    }
    ::close(lock.fd);
  }
  return adopted;
}

}  // namespace scanyard::worker
