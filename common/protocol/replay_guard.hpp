//! Recognises messages that were seen before: the sequence numbers of one sender instance must
//! rise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace scanyard::protocol {

/// Remembers the highest sequence number of every sender instance (a worker or client process from
/// its start to its end: for the coordinator the channel's peer id, which stays the same over
/// reconnections). A message that was overtaken by a later one counts as replayed too: every
/// message of the protocol may be lost, none may be taken twice. Not thread-safe.
class ReplayGuard {
 public:
  /// At most this many senders are remembered; beyond, the one that was silent longest is
  /// forgotten.
  explicit ReplayGuard(std::size_t senders_max = 65536);

  /// True when `sequence` is above everything seen from `sender`: the message is fresh, and noted.
  bool admit(const std::string& sender, std::uint64_t sequence);

  /// The sender is gone for good (bye).
  void forget(const std::string& sender);

  std::size_t senders() const { return seen_.size(); }
  /// Messages that were not admitted, since construction.
  std::uint64_t refused() const { return refused_; }

 private:
  struct Seen {
    std::uint64_t sequence = 0;
    std::uint64_t turn = 0;  ///< number of the admit() call that touched it last
  };
  void forget_the_most_silent();

  std::size_t senders_max_;
  std::unordered_map<std::string, Seen> seen_;
  std::uint64_t turn_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace scanyard::protocol
