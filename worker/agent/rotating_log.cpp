#include "worker/agent/rotating_log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

namespace scanyard::worker {

RotatingLog::RotatingLog(std::filesystem::path path, std::size_t bytes_max)
    : path_(std::move(path)), bytes_max_(bytes_max) {
  std::error_code ignored;
  std::filesystem::create_directories(path_.parent_path(), ignored);
  open();
}

RotatingLog::~RotatingLog() {
  if (fd_ >= 0) ::close(fd_);
}

void RotatingLog::open() {
  fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  struct stat info {};
  bytes_ = fd_ >= 0 && ::fstat(fd_, &info) == 0 ? static_cast<std::size_t>(info.st_size) : 0;
}

void RotatingLog::rotate() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  std::error_code ignored;
  std::filesystem::rename(path_, path_.string() + ".1", ignored);
  open();
}

void RotatingLog::write(std::string_view bytes) {
  if (bytes_ > 0 && bytes_ + bytes.size() > bytes_max_) rotate();
  if (fd_ < 0) return;
  const auto written = ::write(fd_, bytes.data(), bytes.size());
  if (written > 0) bytes_ += static_cast<std::size_t>(written);
}

}  // namespace scanyard::worker
