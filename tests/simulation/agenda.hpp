//! The virtual clock and what is to happen when.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "common/time.hpp"

namespace scanyard::simulation {

/// Events in the order of their time; of equal times, in the order in which they were put in.
class Agenda {
 public:
  using Event = std::function<void()>;

  TimePoint now() const { return now_; }
  void at(TimePoint time, Event event) {
    events_.emplace(std::pair(time < now_ ? now_ : time, next_++), std::move(event));
  }
  void after(std::int64_t ms, Event event) { at(now_ + Duration{ms}, std::move(event)); }

  bool empty() const { return events_.empty(); }
  /// Moves the clock to the next event and runs it.
  void step() {
    auto first = events_.extract(events_.begin());
    now_ = first.key().first;
    first.mapped()();
  }

 private:
  TimePoint now_{1'000'000'000};
  std::uint64_t next_ = 0;
  std::map<std::pair<TimePoint, std::uint64_t>, Event> events_;
};

}  // namespace scanyard::simulation
