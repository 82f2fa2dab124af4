#include "tasks/training/trainer/line_input.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "common/assert.hpp"
#include "common/trainer_lines/errc.hpp"

namespace scanyard::training {

std::deque<LineSplitter::Line> LineSplitter::take(std::string_view bytes) {
  std::deque<Line> lines;
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    if (!skipping_) started_ += part;
    if (started_.size() > bytes_max_) {
      skipping_ = true;
      started_.clear();
      started_.shrink_to_fit();
    }
    if (end == std::string_view::npos) break;
    bytes.remove_prefix(end + 1);
    if (skipping_) {
      lines.push_back({{}, true});
    } else {
      if (started_.ends_with('\r')) started_.pop_back();
      lines.push_back({std::move(started_), false});
    }
    started_.clear();
    skipping_ = false;
  }
  return lines;
}

LineInput::LineInput(int descriptor, std::chrono::milliseconds grace,
                     std::function<void()> on_ignored_end)
    : descriptor_(descriptor),
      grace_(grace),
      on_ignored_end_(std::move(on_ignored_end)),
      wake_(::eventfd(0, EFD_CLOEXEC)) {
  SCANYARD_ASSERT(wake_ >= 0, "a process has a descriptor left for its input thread");
  thread_ = std::thread([this] { read_lines(); });
}

LineInput::~LineInput() {
  const std::uint64_t one = 1;
  const auto written = ::write(wake_, &one, sizeof one);
  SCANYARD_ASSERT(written == sizeof one, "an eventfd takes a number");
  thread_.join();
  ::close(wake_);
}

void LineInput::push(Item item) {
  {
    const std::lock_guard lock(mutex_);
    items_.push_back(std::move(item));
  }
  arrived_.notify_all();
}

void LineInput::read_lines() {
  LineSplitter splitter(trainer_lines::line_bytes_max);
  std::array<char, 1 << 16> buffer;
  while (true) {
    std::array<pollfd, 2> waits{{{descriptor_, POLLIN, 0}, {wake_, POLLIN, 0}}};
    if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) break;
    if (waits[1].revents != 0) break;
    if (waits[0].revents == 0) continue;
    const auto count = ::read(descriptor_, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    for (auto& line : splitter.take({buffer.data(), std::size_t(count)})) {
      if (line.too_long) {
        push(fail(trainer_lines::errc::bad_line,
                  fmt::format("not a trainer command: a line longer than {} bytes",
                              trainer_lines::line_bytes_max)));
      } else {
        push(trainer_lines::parse_command(line.text));
      }
    }
  }
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  arrived_.notify_all();
  pollfd destroyed{wake_, POLLIN, 0};
  if (::poll(&destroyed, 1, static_cast<int>(grace_.count())) == 0) on_ignored_end_();
}

std::optional<LineInput::Item> LineInput::poll() {
  const std::lock_guard lock(mutex_);
  if (items_.empty()) return std::nullopt;
  Item item = std::move(items_.front());
  items_.pop_front();
  return item;
}

std::optional<LineInput::Item> LineInput::wait() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return !items_.empty() || ended_; });
  if (items_.empty()) return std::nullopt;
  Item item = std::move(items_.front());
  items_.pop_front();
  return item;
}

bool LineInput::closed() {
  const std::lock_guard lock(mutex_);
  return ended_ && items_.empty();
}

}  // namespace scanyard::training
