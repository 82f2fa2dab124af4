#include "worker/agent/outbox.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "common/net/secret_file.hpp"
#include "worker/agent/errc.hpp"

namespace scanyard::worker {
namespace {

tl::unexpected<Error> unwritable(const std::filesystem::path& path, int why) {
  return fail(errc::outbox_unwritable,
              fmt::format("cannot write {}: {}", path.string(), std::strerror(why)));
}

Result<std::string> read_all(int fd, const std::filesystem::path& path) {
  std::string text;
  char buffer[1 << 16];
  while (true) {
    const auto got = ::pread(fd, buffer, sizeof buffer, static_cast<off_t>(text.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return fail(errc::outbox_unreadable,
                  fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
    }
    if (got == 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
  }
}

/// Returns 0 or the errno of the failure.
int write_fully(int fd, std::string_view bytes, std::size_t at) {
  while (!bytes.empty()) {
    const auto written = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : ENOSPC;
    bytes.remove_prefix(static_cast<std::size_t>(written));
    at += static_cast<std::size_t>(written);
  }
  return 0;
}

/// So that the name of a new file survives a power cut too. Some file systems refuse it; there it
/// is not needed.
void sync_folder_of(const std::filesystem::path& path) {
  const int fd = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

/// A copy of a damaged file, for a person to look at; the reports that could be read are delivered.
std::filesystem::path keep_copy(const std::filesystem::path& path, const std::string& text) {
  for (int number = 1; number < 100; ++number) {
    const std::filesystem::path copy = path.string() + ".damaged-" + std::to_string(number);
    if (net::write_whole_file(copy, text, net::secret_mode, net::Existing::refuse)) return copy;
  }
  return {};
}

}  // namespace

Outbox::~Outbox() {
  if (fd_ >= 0) ::close(fd_);
}

Outbox::Outbox(Outbox&& other) noexcept {
  *this = std::move(other);
}

Outbox& Outbox::operator=(Outbox&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(fd_, other.fd_);
  std::swap(live_, other.live_);
  std::swap(bytes_, other.bytes_);
  std::swap(live_bytes_, other.live_bytes_);
  return *this;
}

Result<Outbox> Outbox::open(const std::filesystem::path& path, Opened& found) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return unwritable(path, errno);
  Outbox outbox(path, fd);
  auto text = read_all(fd, path);
  if (!text) return propagate(text);
  auto scan = scan_outbox(*text);
  if (!scan) {
    return propagate(scan, fmt::format("reading the outbox {} (move it away to go on without it)",
                                       path.string()));
  }
  for (std::size_t i = 0; i < scan->reports.size(); ++i) {
    outbox.note_live(scan->reports[i], scan->sizes[i]);
  }
  found.reports = std::move(scan->reports);
  found.torn_bytes = scan->torn_bytes;
  found.damaged_bytes = scan->damaged_bytes;
  if (scan->damaged_bytes > 0) found.damaged_copy = keep_copy(path, *text);
  outbox.bytes_ = scan->good_bytes;
  if (scan->torn_bytes > 0 && ::ftruncate(fd, static_cast<off_t>(scan->good_bytes)) != 0) {
    return unwritable(path, errno);
  }
  if (outbox.bytes_ == 0) {
    if (auto done = outbox.write_at_end(std::string(outbox_magic), true); !done) {
      return propagate(done);
    }
    sync_folder_of(path);
  }
  return outbox;
}

Result<void> Outbox::write_at_end(const std::string& bytes, bool sync) {
  int why = write_fully(fd_, bytes, bytes_);
  if (why == 0 && sync && ::fsync(fd_) != 0) why = errno;
  if (why != 0) {
    // What did arrive of it must not stand before later records.
    if (::ftruncate(fd_, static_cast<off_t>(bytes_)) != 0) why = errno;
    return unwritable(path_, why);
  }
  bytes_ += bytes.size();
  return {};
}

Result<void> Outbox::append(const std::vector<AttemptReport>& reports) {
  std::string bytes;
  std::vector<std::size_t> sizes;
  for (const auto& report : reports) {
    const std::string record = encode_report_record(report);
    sizes.push_back(record.size());
    bytes += record;
  }
  if (auto done = write_at_end(bytes, true); !done) return done;
  for (std::size_t i = 0; i < reports.size(); ++i)
    note_live(reports[i], sizes[i]);
  return {};
}

void Outbox::note_live(const AttemptReport& report, std::size_t bytes) {
  auto& known = live_[{report.run, report.token}];
  live_bytes_ += bytes - known;  // a report that was stored twice counts once
  known = bytes;
}

Result<void> Outbox::forget(const std::vector<ReportKey>& keys) {
  std::string bytes;
  for (const auto& key : keys) {
    const auto found = live_.find(key);
    if (found == live_.end()) continue;
    live_bytes_ -= found->second;
    live_.erase(found);
    bytes += encode_forget_record(key);
  }
  if (auto done = write_at_end(bytes, false); !done) return done;
  const bool worth_it = bytes_ >= compaction_bytes_min && 2 * live_bytes_ < bytes_;
  return worth_it ? compact() : Result<void>();
}

Result<void> Outbox::compact() {
  auto text = read_all(fd_, path_);
  if (!text) return propagate(text);
  const auto scan = scan_outbox(*text);
  if (!scan) return fail(scan.error().code(), scan.error().to_string());
  std::string live(outbox_magic);
  for (const auto& report : scan->reports) {
    // An acknowledgement whose note could not be written (disk full) is remembered here only.
    if (live_.contains({report.run, report.token})) live += encode_report_record(report);
  }
  if (auto done = net::write_whole_file(path_, live, net::secret_mode, net::Existing::replace);
      !done) {
    return fail(errc::outbox_unwritable, done.error().to_string());
  }
  const int fd = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return unwritable(path_, errno);
  ::close(std::exchange(fd_, fd));
  bytes_ = live.size();
  return {};
}

}  // namespace scanyard::worker
