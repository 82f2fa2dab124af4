//! Equal texts kept once: a million runs share a few thousand replica values.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "coordinator/core/handles.hpp"

namespace scanyard::core {

/// Gives every distinct text an index. Texts never move and are never dropped.
class TextTable {
 public:
  TextIndex intern(std::string_view text) {
    const auto found = index_.find(text);
    if (found != index_.end()) return found->second;
    const TextIndex index{static_cast<std::uint32_t>(texts_.size())};
    texts_.emplace_back(text);
    index_.emplace(texts_.back(), index);
    return index;
  }
  const std::string& operator[](TextIndex text) const { return texts_[text.value]; }
  std::size_t size() const { return texts_.size(); }

 private:
  std::deque<std::string> texts_;
  std::unordered_map<std::string_view, TextIndex> index_;
};

}  // namespace scanyard::core
