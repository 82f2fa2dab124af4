#include "worker/agent/log_tail.hpp"

#include "common/utf8.hpp"

namespace scanyard::worker {
namespace {

/// Past an escape sequence that starts at `at` ("ESC [ 31 m").
std::size_t skip_escape(std::string_view line, std::size_t at) {
  if (at + 1 >= line.size() || line[at + 1] != '[') return at + 1;
  std::size_t end = at + 2;
  while (end < line.size() && !(line[end] >= '@' && line[end] <= '~'))
    ++end;
  return end == line.size() ? end : end + 1;
}

}  // namespace

std::string clean_log_line(std::string_view line) {
  std::string plain;
  for (std::size_t i = 0; i < line.size();) {
    const auto c = static_cast<unsigned char>(line[i]);
    if (c == 0x1B) {
      i = skip_escape(line, i);
      continue;
    }
    if (c == '\t' || (c >= 0x20 && c != 0x7F)) plain += line[i];
    ++i;
  }
  return to_valid_utf8(plain);
}

void LogTail::take(std::string_view bytes) {
  for (const char c : bytes) {
    if (c == '\n') {
      end_line();
      continue;
    }
    if (returned_) unfinished_.clear();
    returned_ = c == '\r';
    if (!returned_ && unfinished_.size() < bytes_max_) unfinished_ += c;
  }
}

void LogTail::end_line() {
  returned_ = false;
  lines_.push_back(clean_log_line(unfinished_));
  unfinished_.clear();
  bytes_ += lines_.back().size() + 1;
  while (bytes_ > bytes_max_ && lines_.size() > 1) {
    bytes_ -= lines_.front().size() + 1;
    lines_.pop_front();
  }
}

std::string LogTail::text() const {
  std::string all;
  for (const auto& line : lines_)
    all += line + '\n';
  all += clean_log_line(unfinished_);
  return std::string(utf8_suffix(all, bytes_max_));
}

}  // namespace scanyard::worker
