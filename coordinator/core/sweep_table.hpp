//! Sweeps that the scheduler knows, and the sets of sweeps that want a run.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "coordinator/core/handles.hpp"

namespace scanyard::core {

enum class SweepState : std::uint8_t { active, paused, cancelling, cancelled };

struct Sweep {
  SweepId id;
  std::string name;
  SweepState state = SweepState::active;
  std::int32_t priority = 0;
  std::uint64_t queued = 0;       ///< runs in phase queued that this sweep wants
  std::uint64_t running = 0;      ///< leased or ending
  std::uint32_t shapes_seen = 0;  ///< next group's place in the sweep's order
  std::vector<GroupIndex> groups;

  std::uint64_t open() const { return queued + running; }
  bool grantable() const { return state == SweepState::active; }
};

class SweepTable {
 public:
  SweepIndex find(SweepId id) const {
    const auto found = index_.find(id);
    return found == index_.end() ? SweepIndex{} : found->second;
  }
  /// The sweep with this id, added when it is new.
  SweepIndex intern(SweepId id);

  Sweep& operator[](SweepIndex sweep) { return sweeps_[sweep.value]; }
  const Sweep& operator[](SweepIndex sweep) const { return sweeps_[sweep.value]; }
  std::size_t size() const { return sweeps_.size(); }

  /// The set with these members. Sets are few (most runs have one sweep), so they are kept for
  /// ever.
  SweepSetIndex set_of(std::vector<SweepIndex> members);
  SweepSetIndex with(SweepSetIndex set, SweepIndex sweep);
  SweepSetIndex without(SweepSetIndex set, SweepIndex sweep);
  const std::vector<SweepIndex>& members(SweepSetIndex set) const { return sets_[set.value]; }
  bool contains(SweepSetIndex set, SweepIndex sweep) const;

 private:
  std::vector<Sweep> sweeps_;
  std::unordered_map<SweepId, SweepIndex> index_;
  std::vector<std::vector<SweepIndex>> sets_;  //!< each sorted
  std::map<std::vector<SweepIndex>, SweepSetIndex> set_index_;
};

}  // namespace scanyard::core
