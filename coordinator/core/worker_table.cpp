#include "coordinator/core/worker_table.hpp"

namespace scanyard::core {

WorkerIndex WorkerTable::find(const std::string& name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? WorkerIndex{} : found->second;
}

WorkerIndex WorkerTable::find(PeerId peer) const {
  const auto found = by_peer_.find(peer);
  return found == by_peer_.end() ? WorkerIndex{} : found->second;
}

WorkerIndex WorkerTable::intern(const std::string& name) {
  const auto [entry, added] =
      by_name_.try_emplace(name, WorkerIndex{static_cast<std::uint32_t>(workers_.size())});
  if (added) {
    workers_.emplace_back();
    workers_.back().info.name = name;
  }
  return entry->second;
}

void WorkerTable::bind(WorkerIndex worker, PeerId peer) {
  unbind(worker);
  const WorkerIndex former = find(peer);
  if (former.valid()) unbind(former);
  by_peer_[peer] = worker;
  workers_[worker.value].peer = peer;
}

void WorkerTable::unbind(WorkerIndex worker) {
  const auto found = by_peer_.find(workers_[worker.value].peer);
  if (found != by_peer_.end() && found->second == worker) by_peer_.erase(found);
}

void WorkerTable::count_slots() {
  grantable_slots_ = 0;
  for (const Worker& worker : workers_) {
    if (worker.grantable()) grantable_slots_ += worker.slots.size();
  }
}

std::optional<std::uint32_t> find_slot(const Worker& worker, SlotId slot) {
  for (std::uint32_t i = 0; i < worker.slots.size(); ++i) {
    if (worker.slots[i].info.slot == slot) return i;
  }
  return std::nullopt;
}

}  // namespace scanyard::core
