#include "worker/agent/line_splitter.hpp"

namespace scanyard::worker {

bool LineSplitter::take(std::string_view bytes,
                        const std::function<void(std::string_view)>& on_line) {
  while (!bytes.empty()) {
    const auto newline = bytes.find('\n');
    const auto piece = bytes.substr(0, newline);
    if (rest_.size() + piece.size() > line_bytes_max_) return false;
    if (newline == std::string_view::npos) {
      rest_ += piece;
      return true;
    }
    bytes.remove_prefix(newline + 1);
    if (rest_.empty()) {
      if (!piece.empty()) on_line(piece);
      continue;
    }
    rest_ += piece;
    std::string line;
    line.swap(rest_);
    on_line(line);
  }
  return true;
}

}  // namespace scanyard::worker
