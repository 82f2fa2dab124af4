#include "coordinator/core/sweep_table.hpp"

#include <algorithm>

namespace scanyard::core {

SweepIndex SweepTable::intern(SweepId id) {
  const auto [entry, added] =
      index_.try_emplace(id, SweepIndex{static_cast<std::uint32_t>(sweeps_.size())});
  if (added) {
    sweeps_.emplace_back();
    sweeps_.back().id = id;
  }
  return entry->second;
}

SweepSetIndex SweepTable::set_of(std::vector<SweepIndex> members) {
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  const auto [entry, added] =
      set_index_.try_emplace(members, SweepSetIndex{static_cast<std::uint32_t>(sets_.size())});
  if (added) sets_.push_back(std::move(members));
  return entry->second;
}

SweepSetIndex SweepTable::with(SweepSetIndex set, SweepIndex sweep) {
  if (contains(set, sweep)) return set;
  std::vector<SweepIndex> members = sets_[set.value];
  members.push_back(sweep);
  return set_of(std::move(members));
}

SweepSetIndex SweepTable::without(SweepSetIndex set, SweepIndex sweep) {
  if (!contains(set, sweep)) return set;
  std::vector<SweepIndex> members = sets_[set.value];
  std::erase(members, sweep);
  return set_of(std::move(members));
}

bool SweepTable::contains(SweepSetIndex set, SweepIndex sweep) const {
  const auto& members = sets_[set.value];
  return std::binary_search(members.begin(), members.end(), sweep);
}

}  // namespace scanyard::core
