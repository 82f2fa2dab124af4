//! A log file that never grows beyond twice its limit: FILE and FILE.1.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace scanyard::worker {

/// What cannot be written (disk full) is dropped: a log must not stop a training.
class RotatingLog {
 public:
  RotatingLog(std::filesystem::path path, std::size_t bytes_max);
  ~RotatingLog();
  RotatingLog(const RotatingLog&) = delete;
  RotatingLog& operator=(const RotatingLog&) = delete;

  void write(std::string_view bytes);

 private:
  void open();
  void rotate();

  std::filesystem::path path_;
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  int fd_ = -1;
};

}  // namespace scanyard::worker
