#include "coordinator/core/run_queue.hpp"

#include <cmath>

#include "common/assert.hpp"

namespace scanyard::core {

void RunFifo::pop() {
  SCANYARD_ASSERT(head_ < items_.size(), "only a queue with entries can be popped");
  ++head_;
  if (head_ == items_.size()) {
    clear();
  } else if (head_ >= 1024 && head_ * 2 >= items_.size()) {
    items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

int memory_class(double bytes) {
  return bytes <= 1 ? 0 : static_cast<int>(std::ceil(4 * std::log2(bytes)));
}

void ReadyGroups::insert(double memory_bytes, const GroupOrder& order, std::uint32_t queued) {
  Class& entry = classes_[memory_class(memory_bytes)];
  const bool added = entry.groups.insert(order).second;
  SCANYARD_ASSERT(added, "a group is listed once");
  entry.queued += queued;
}

void ReadyGroups::erase(double memory_bytes, const GroupOrder& order, std::uint32_t queued) {
  const auto found = classes_.find(memory_class(memory_bytes));
  SCANYARD_ASSERT(found != classes_.end(), "an erased group was listed");
  const auto erased = found->second.groups.erase(order);
  SCANYARD_ASSERT(erased == 1, "an erased group was listed under its order");
  SCANYARD_ASSERT(found->second.queued >= queued, "a class counts its groups' runs");
  found->second.queued -= queued;
  if (found->second.groups.empty()) classes_.erase(found);
}

void ReadyGroups::add_queued(double memory_bytes, std::int64_t change) {
  classes_[memory_class(memory_bytes)].queued += static_cast<std::uint64_t>(change);
}

std::size_t ReadyGroups::size() const {
  std::size_t groups = 0;
  for (const auto& [memory, entry] : classes_)
    groups += entry.groups.size();
  return groups;
}

std::uint64_t ReadyGroups::queued() const {
  std::uint64_t runs = 0;
  for (const auto& [memory, entry] : classes_)
    runs += entry.queued;
  return runs;
}

std::uint64_t ReadyGroups::queued_fitting(double slot_bytes) const {
  std::uint64_t runs = 0;
  const int slot_class = memory_class(slot_bytes);
  for (const auto& [memory, entry] : classes_) {
    if (memory > slot_class) break;
    runs += entry.queued;
  }
  return runs;
}

bool ReadyGroups::contains(double memory_bytes, const GroupOrder& order) const {
  const auto found = classes_.find(memory_class(memory_bytes));
  return found != classes_.end() && found->second.groups.contains(order);
}

GroupIndex GroupTable::find(SweepIndex sweep, ShapeIndex shape) const {
  const auto found = index_.find(key(sweep, shape));
  return found == index_.end() ? GroupIndex{} : found->second;
}

GroupIndex GroupTable::add(SweepIndex sweep, ShapeIndex shape, std::uint32_t position) {
  const GroupIndex group{static_cast<std::uint32_t>(groups_.size())};
  const bool added = index_.emplace(key(sweep, shape), group).second;
  SCANYARD_ASSERT(added, "there is one group of a sweep and a shape");
  groups_.push_back({.sweep = sweep, .shape = shape, .position = position});
  return group;
}

}  // namespace scanyard::core
