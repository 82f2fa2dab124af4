//! What the core counts: facts that a page shows and that tests can rely on.
#pragma once

#include <cstdint>
#include <vector>

#include "common/read_model.hpp"

namespace scanyard::core {

struct Counters {
  std::uint64_t packs_granted = 0;
  std::uint64_t runs_granted = 0;
  std::uint64_t results_accepted = 0;     ///< ends of attempts that were made durable
  std::uint64_t results_duplicate = 0;    ///< reported again, answered again
  std::uint64_t results_superseded = 0;   ///< refused: a later lease, or another end, came first
  std::uint64_t results_unknown_run = 0;  ///< refused: not among the open runs
  std::uint64_t results_malformed = 0;    ///< refused: an outcome without a result, or the reverse
  std::uint64_t tokens_invalid = 0;       ///< tokens that this coordinator cannot have given
  std::uint64_t progress_stale = 0;       ///< points of attempts that are not running any more
  std::uint64_t attempts_adopted = 0;     ///< taken over from an earlier epoch or a lost connection
  std::uint64_t attempts_dropped = 0;     ///< named in a hello, but superseded or not wanted
  std::uint64_t attempts_lost = 0;
  std::uint64_t leases_expired = 0;  ///< workers that fell silent
  std::uint64_t slots_stalled = 0;
  std::uint64_t hellos_refused = 0;
  std::uint64_t messages_unknown_peer = 0;  ///< from connections that have not said hello
  std::uint64_t commits_failed = 0;
};

/// All of them with stable names and one line of explanation each.
std::vector<Counter> to_list(const Counters& counters);

}  // namespace scanyard::core
