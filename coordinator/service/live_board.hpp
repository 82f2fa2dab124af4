//! The newest snapshot of what is live, handed from the loop to the threads that read.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "common/live_status.hpp"

namespace scanyard::service {

/// Thread-safe.
class LiveBoard {
 public:
  void put(std::shared_ptr<const LiveStatus> live) {
    const std::lock_guard lock(mutex_);
    live_ = std::move(live);
  }
  std::shared_ptr<const LiveStatus> get() const {
    const std::lock_guard lock(mutex_);
    return live_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const LiveStatus> live_;
};

}  // namespace scanyard::service
