//! Queued runs, grouped by (sweep, shape key) and kept in the order in which they are granted.
//! Order: priority of the sweep (highest first), then submission (oldest sweep first), then shape
//! by shape as the spec names them, then run by run. A run that several sweeps want stands in a
//! group of each and leaves all at once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "coordinator/core/handles.hpp"

namespace scanyard::core {

/// First in, first out, in 4 bytes an entry. Entries are hints: a run that left the queue otherwise
/// (adopted, ended, cancelled, granted through another sweep's group) leaves its entry behind, and
/// who pops it must look at the run.
class RunFifo {
 public:
  void push(RunIndex run) { items_.push_back(run); }
  bool empty() const { return head_ == items_.size(); }
  RunIndex front() const { return items_[head_]; }
  void pop();
  void clear() { *this = {}; }

 private:
  std::vector<RunIndex> items_;
  std::size_t head_ = 0;
};

/// Runs of one shape key that one sweep wants.
struct Group {
  SweepIndex sweep;
  ShapeIndex shape;
  std::uint32_t position = 0;  ///< in the sweep's order of shapes
  std::uint32_t queued = 0;    ///< runs in phase queued
  bool ready = false;          ///< listed in ReadyGroups
  RunFifo fresh;               ///< runs without a failed attempt
  RunFifo retried;             ///< runs with one: they go into smaller packs
};

/// Place of a group in the granting order; the smallest comes first.
struct GroupOrder {
  std::int64_t reversed_priority = 0;
  std::int64_t sweep = 0;
  std::uint32_t position = 0;
  GroupIndex group;
  friend auto operator<=>(const GroupOrder&, const GroupOrder&) = default;

  /// Whether both belong to the same sweep.
  bool same_sweep(const GroupOrder& other) const { return sweep == other.sweep; }
};

/// Groups with queued runs of sweeps that may be granted, by how much memory a replica needs, so
/// that the first one that fits into a slot is found without looking at those that do not.
class ReadyGroups {
 public:
  void insert(double memory_bytes, const GroupOrder& order, std::uint32_t queued);
  void erase(double memory_bytes, const GroupOrder& order, std::uint32_t queued);
  /// The number of queued runs of a listed group changed.
  void add_queued(double memory_bytes, std::int64_t change);

  bool empty() const { return classes_.empty(); }
  std::size_t size() const;
  std::uint64_t queued() const;
  /// First group in the order of which one replica fits. `memory_of(group)` is that of one replica.
  template <class MemoryOf>
  std::optional<GroupOrder> first_fitting(double slot_bytes, MemoryOf&& memory_of) const;
  /// Queued runs of which one replica fits, counted by memory class (a class is 19 % wide).
  std::uint64_t queued_fitting(double slot_bytes) const;
  /// Queued runs that come before `order`.
  template <class QueuedOf>
  std::uint64_t queued_before(const GroupOrder& order, QueuedOf&& queued_of) const;
  bool contains(double memory_bytes, const GroupOrder& order) const;

 private:
  struct Class {
    std::set<GroupOrder> groups;
    std::uint64_t queued = 0;
  };
  std::map<int, Class> classes_;  //!< by memory_class()
};

/// Quarter octaves: every member of class c needs more than 2^((c-1)/4) and at most 2^(c/4) bytes.
int memory_class(double bytes);

/// The groups themselves, by (sweep, shape).
class GroupTable {
 public:
  /// The group, or an invalid index.
  GroupIndex find(SweepIndex sweep, ShapeIndex shape) const;
  GroupIndex add(SweepIndex sweep, ShapeIndex shape, std::uint32_t position);
  Group& operator[](GroupIndex group) { return groups_[group.value]; }
  const Group& operator[](GroupIndex group) const { return groups_[group.value]; }
  std::size_t size() const { return groups_.size(); }

 private:
  static std::uint64_t key(SweepIndex sweep, ShapeIndex shape) {
    return std::uint64_t{sweep.value} << 32 | shape.value;
  }
  std::vector<Group> groups_;
  std::unordered_map<std::uint64_t, GroupIndex> index_;
};

template <class MemoryOf>
std::optional<GroupOrder> ReadyGroups::first_fitting(double slot_bytes,
                                                     MemoryOf&& memory_of) const {
  std::optional<GroupOrder> best;
  const int slot_class = memory_class(slot_bytes);
  for (const auto& [memory, entry] : classes_) {
    if (memory > slot_class) break;
    for (const auto& order : entry.groups) {
      if (best && *best < order) break;
      // Only the slot's own class holds groups that may not fit: all others fit as a whole.
      if (memory == slot_class && memory_of(order.group) > slot_bytes) continue;
      best = order;
      break;
    }
  }
  return best;
}

template <class QueuedOf>
std::uint64_t ReadyGroups::queued_before(const GroupOrder& order, QueuedOf&& queued_of) const {
  std::uint64_t before = 0;
  for (const auto& [memory, entry] : classes_) {
    for (const auto& other : entry.groups) {
      if (!(other < order)) break;
      before += queued_of(other.group);
    }
  }
  return before;
}

}  // namespace scanyard::core
