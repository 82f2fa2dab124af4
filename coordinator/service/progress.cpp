#include "coordinator/service/progress.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text.hpp"

namespace scanyard::service {
namespace {

/// The rate is taken over so long: short enough to follow changes, long enough for slow runs.
constexpr Duration window{300'000};
constexpr int bar_min = 10, bar_max = 40;

std::string facts(const StateCounts& counts, const ProgressRate& rate) {
  std::string text =
      fmt::format("{}/{} done", with_thousands(static_cast<long long>(counts.done())),
                  with_thousands(static_cast<long long>(counts.total())));
  if (counts.diverged > 0) text += fmt::format(" ({} diverged)", counts.diverged);
  if (counts.failed > 0) text += fmt::format(", {} failed", counts.failed);
  if (counts.cancelled > 0) text += fmt::format(", {} cancelled", counts.cancelled);
  if (counts.running > 0) text += fmt::format(", {} running", counts.running);
  if (counts.queued + counts.running == 0) return text;
  if (const auto per_s = rate.runs_per_s())
    text += *per_s >= 1 ? fmt::format(", {:.0f} runs/s", *per_s)
                        : fmt::format(", {:.1f} runs/min", 60 * *per_s);
  if (const auto left = rate.seconds_left()) text += ", " + human_duration(*left) + " left";
  return text;
}

int percent(const StateCounts& counts) {
  if (counts.total() == 0) return 100;
  // Rounded down: 100 % means that everything has ended.
  return static_cast<int>(100 * ended_of(counts) / counts.total());
}

}  // namespace

std::uint64_t ended_of(const StateCounts& counts) {
  return counts.done() + counts.failed + counts.cancelled;
}

void ProgressRate::note(const StateCounts& counts, TimePoint now) {
  open_ = counts.queued + counts.running;
  samples_.push_back({now, ended_of(counts)});
  // The oldest sample is the last one from before the window, so that a rate spans all of it.
  while (samples_.size() > 2 && now - samples_[1].at >= window)
    samples_.pop_front();
}

std::optional<double> ProgressRate::runs_per_s() const {
  if (samples_.size() < 2) return std::nullopt;
  const Duration passed = samples_.back().at - samples_.front().at;
  // A retry opens runs again: then fewer have ended than before.
  if (passed.ms <= 0 || samples_.back().ended <= samples_.front().ended) return std::nullopt;
  return static_cast<double>(samples_.back().ended - samples_.front().ended) * 1e3 /
         static_cast<double>(passed.ms);
}

std::optional<double> ProgressRate::seconds_left() const {
  const auto rate = runs_per_s();
  if (!rate) return std::nullopt;
  return static_cast<double>(open_) / *rate;
}

std::string progress_bar(const std::string& name, const StateCounts& counts,
                         const ProgressRate& rate, int width_columns) {
  const std::string after = fmt::format("{:3} %  {}", percent(counts), facts(counts, rate));
  const int room = width_columns - static_cast<int>(name.size() + after.size()) - 4;
  if (room < bar_min) {
    std::string line = name + " " + after;
    return line.substr(0, static_cast<std::size_t>(std::max(0, width_columns)));
  }
  const int width = std::min(room, bar_max);
  const int filled =
      counts.total() == 0
          ? width
          : static_cast<int>(static_cast<std::uint64_t>(width) * ended_of(counts) / counts.total());
  std::string bar(static_cast<std::size_t>(filled), '=');
  if (filled < width) bar += '>';
  bar.resize(static_cast<std::size_t>(width), ' ');
  return fmt::format("{} [{}] {}", name, bar, after);
}

std::string progress_text(const std::string& name, const StateCounts& counts,
                          const ProgressRate& rate) {
  return fmt::format("{}: {} %, {}", name, percent(counts), facts(counts, rate));
}

}  // namespace scanyard::service
