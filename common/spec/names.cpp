#include "common/spec/names.hpp"

#include <algorithm>
#include <numeric>

namespace scanyard::spec {

Names::Names(const Vocabulary& vocabulary, std::vector<std::string> helpers)
    : vocabulary_(&vocabulary),
      helpers_(std::move(helpers)),
      key_count_(vocabulary.keys().size()),
      by_name_(key_count_ + helpers_.size()) {
  seed_ = slot(seed_key);
  std::iota(by_name_.begin(), by_name_.end(), Slot{0});
  std::sort(by_name_.begin(), by_name_.end(), [&](Slot a, Slot b) { return name(a) < name(b); });
}

std::optional<Slot> Names::slot(std::string_view name) const {
  if (const auto key = vocabulary_->find(name)) return Slot(*key);
  const auto helper = std::find(helpers_.begin(), helpers_.end(), name);
  if (helper == helpers_.end()) return std::nullopt;
  return Slot(key_count_ + std::size_t(helper - helpers_.begin()));
}

std::string_view Names::name(Slot slot) const {
  if (is_helper(slot)) return helpers_[slot - key_count_];
  return key(slot).name;
}

std::optional<std::size_t> Names::derived(std::string_view name) const {
  const auto all = vocabulary_->derived();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].name == name) return i;
  }
  return std::nullopt;
}

std::vector<std::string> Names::slot_names() const {
  std::vector<std::string> names;
  for (const Slot slot : by_name_)
    names.emplace_back(name(slot));
  return names;
}

std::vector<std::string> Names::derived_names() const {
  std::vector<std::string> names;
  for (const auto& value : vocabulary_->derived())
    names.push_back(value.name);
  return names;
}

}  // namespace scanyard::spec
