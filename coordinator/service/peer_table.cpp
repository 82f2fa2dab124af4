#include "coordinator/service/peer_table.hpp"

namespace scanyard::service {

core::PeerId PeerTable::number_of(const std::string& peer) {
  const auto [entry, added] = numbers_.try_emplace(peer, core::PeerId{next_});
  if (added) {
    names_.emplace(entry->second, peer);
    ++next_;
  }
  return entry->second;
}

const std::string* PeerTable::name_of(core::PeerId peer) const {
  const auto found = names_.find(peer);
  return found == names_.end() ? nullptr : &found->second;
}

void PeerTable::prune(const std::function<bool(core::PeerId)>& needed) {
  std::erase_if(numbers_, [&](const auto& entry) { return !needed(entry.second); });
  std::erase_if(names_, [&](const auto& entry) { return !needed(entry.first); });
}

}  // namespace scanyard::service
