#include "common/protocol/replay_guard.hpp"

#include <algorithm>

#include "common/assert.hpp"

namespace scanyard::protocol {

ReplayGuard::ReplayGuard(std::size_t senders_max) : senders_max_(senders_max) {
  SCANYARD_ASSERT(senders_max_ > 0, "a guard remembers at least one sender");
}

bool ReplayGuard::admit(const std::string& sender, std::uint64_t sequence) {
  const auto found = seen_.find(sender);
  const std::uint64_t highest = found == seen_.end() ? 0 : found->second.sequence;
  if (sequence <= highest) {
    ++refused_;
    return false;
  }
  if (found == seen_.end() && seen_.size() >= senders_max_) forget_the_most_silent();
  seen_[sender] = {sequence, ++turn_};
  return true;
}

void ReplayGuard::forget(const std::string& sender) {
  seen_.erase(sender);
}

void ReplayGuard::forget_the_most_silent() {
  const auto by_turn = [](const auto& a, const auto& b) { return a.second.turn < b.second.turn; };
  seen_.erase(std::min_element(seen_.begin(), seen_.end(), by_turn));
}

}  // namespace scanyard::protocol
