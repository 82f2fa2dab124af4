//! The last lines of a trainer's stderr, fit for a report: valid UTF-8, no control characters, at
//! most so many bytes.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

namespace scanyard::worker {

class LogTail {
 public:
  explicit LogTail(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// Takes output in any pieces. A carriage return starts the line anew, as a progress bar means
  /// it.
  void take(std::string_view bytes);
  /// Whole lines, oldest first, then what stands of the unfinished one.
  std::string text() const;

 private:
  void end_line();

  std::size_t bytes_max_;
  std::deque<std::string> lines_;
  std::size_t bytes_ = 0;  ///< of lines_, newlines included
  std::string unfinished_;
  bool returned_ = false;  ///< the last byte was a carriage return
};

/// Without terminal escape sequences and control characters, malformed bytes replaced.
std::string clean_log_line(std::string_view line);

}  // namespace scanyard::worker
