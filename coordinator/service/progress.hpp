//! Progress of a sweep as a line of text, with an estimate of what is left. Pure: time is an
//! argument.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "common/read_model.hpp"

namespace scanyard::service {

/// Estimates how long the open runs will take from how fast runs ended of late.
class ProgressRate {
 public:
  /// Counts as they are at a time; times must not fall.
  void note(const StateCounts& counts, TimePoint now);
  /// Runs that ended per second over the last minutes; nothing while none has.
  std::optional<double> runs_per_s() const;
  std::optional<double> seconds_left() const;

 private:
  struct Sample {
    TimePoint at;
    std::uint64_t ended = 0;
  };
  std::deque<Sample> samples_;
  std::uint64_t open_ = 0;
};

/// Runs that have ended, whatever the way.
std::uint64_t ended_of(const StateCounts& counts);

/// "s5_small [=====>    ]  52 %  12/23 done, 2 failed, 4 running, 3.2 runs/min, 2 min 10 s left":
/// at most `width_columns` characters.
std::string progress_bar(const std::string& name, const StateCounts& counts,
                         const ProgressRate& rate, int width_columns);

/// The same without a bar, for logs and pipes.
std::string progress_text(const std::string& name, const StateCounts& counts,
                          const ProgressRate& rate);

}  // namespace scanyard::service
