//! Every run that the coordinator has heard of since its start: compact records and an index by id.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/records.hpp"
#include "coordinator/core/handles.hpp"

namespace scanyard::core {

/// Where a run is. `ending` is what tells it from RunState: its result is on the way to the disk,
/// nothing else may be accepted for it, and nobody has been told yet.
enum class RunPhase : std::uint8_t {
  queued,
  leased,
  ending,
  finished,
  diverged,
  failed,
  cancelled
};

inline bool is_open(RunPhase phase) {
  return phase <= RunPhase::ending;
}
RunState public_state(RunPhase phase);

/// One run, 72 bytes: a million of them must be cheap, so texts are interned and attempts live here
/// too.
struct Run {
  RunId id;
  Token last_token;     ///< of the latest attempt known; zero = none. Older tokens are superseded
  TimePoint leased_at;  ///< of the current lease
  ShapeIndex shape;
  TextIndex values;      ///< canonical JSON of the replica's keys
  SweepSetIndex sweeps;  ///< active and paused sweeps that want it
  SlotRef slot;  ///< where it is leased; invalid when it is not, or when nobody knows (floating)
  std::uint32_t position = 0;  ///< in the slot's list of attempts
  RunPhase phase = RunPhase::queued;
  std::uint8_t failures = 0;  ///< failed attempts since it was last opened
  std::uint8_t losses = 0;    ///< lost attempts since then, in this epoch
  bool token_ended : 1 =
      false;  ///< the attempt of last_token has reported its end: a repeat is no news
  bool token_pending : 1 = false;  ///< and that report is on its way to the disk
};
static_assert(sizeof(Run) <= 72, "a million runs must fit into small memory");

/// Grows only: a run that ended stays, so that late messages about it are answered precisely. 72
/// bytes a run and at most 8 bytes of index.
class RunTable {
 public:
  RunTable();

  std::size_t size() const { return runs_.size(); }
  Run& operator[](RunIndex run) { return runs_[run.value]; }
  const Run& operator[](RunIndex run) const { return runs_[run.value]; }

  /// Index of a run, invalid when unknown. O(1).
  RunIndex find(const RunId& id) const;
  /// Adds a run whose id is not there yet. O(1) amortised.
  RunIndex add(const Run& run);

  std::span<const Run> all() const { return runs_; }
  std::size_t memory_bytes() const;

 private:
  std::size_t bucket_of(const RunId& id) const;
  void grow();

  std::vector<Run> runs_;
  std::vector<std::uint32_t>
      buckets_;  //!< open addressing, linear probing; a power of two, at most 2/3 full
};

}  // namespace scanyard::core
