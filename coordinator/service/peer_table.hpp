//! Numbers for connections: the core knows peers by number, the channel by text.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

#include "coordinator/core/handles.hpp"

namespace scanyard::service {

/// Grows with every process that ever connected; prune() drops those that nobody needs.
class PeerTable {
 public:
  core::PeerId number_of(const std::string& peer);
  /// nullptr for one that was dropped.
  const std::string* name_of(core::PeerId peer) const;
  std::size_t size() const { return names_.size(); }
  void prune(const std::function<bool(core::PeerId)>& needed);

 private:
  std::unordered_map<std::string, core::PeerId> numbers_;
  std::unordered_map<core::PeerId, std::string> names_;
  std::int64_t next_ = 1;
};

}  // namespace scanyard::service
