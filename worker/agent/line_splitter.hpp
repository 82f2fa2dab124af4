//! Cuts a stream into lines, with an upper limit on a line.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace scanyard::worker {

class LineSplitter {
 public:
  explicit LineSplitter(std::size_t line_bytes_max) : line_bytes_max_(line_bytes_max) {}

  /// Calls `on_line` for every line that is whole now, without its newline; empty lines are left
  /// out. False when a line grows beyond the limit: the stream is of no use any more.
  bool take(std::string_view bytes, const std::function<void(std::string_view)>& on_line);

  /// What came after the last newline.
  const std::string& rest() const { return rest_; }

 private:
  std::size_t line_bytes_max_;
  std::string rest_;
};

}  // namespace scanyard::worker
