//! The names that one spec can use: keys of a run, helper values of its own, derived values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/spec/vocabulary.hpp"

namespace scanyard::spec {

/// Position of a value in a combination: the vocabulary's keys by index, then the helpers.
using Slot = std::uint32_t;

/// The seed has a construct of its own (`seeds`), so the grammar knows this one key by name.
inline constexpr std::string_view seed_key = "seed";

/// A helper is a name that is no key of a run, is given values like one, and that some `derive`
/// uses: an axis `state` from which `hidden` follows. Its values are numbers.
class Names {
 public:
  /// The vocabulary must outlive this. `helpers` are sorted and unique.
  Names(const Vocabulary& vocabulary, std::vector<std::string> helpers);

  const Vocabulary& vocabulary() const { return *vocabulary_; }
  std::size_t slot_count() const { return key_count_ + helpers_.size(); }
  std::size_t key_count() const { return key_count_; }
  std::optional<Slot> slot(std::string_view name) const;
  std::string_view name(Slot slot) const;
  bool is_helper(Slot slot) const { return slot >= key_count_; }
  /// Of a slot that is no helper.
  const Key& key(Slot slot) const { return vocabulary_->keys()[slot]; }
  ValueType type(Slot slot) const { return is_helper(slot) ? ValueType::real : key(slot).type; }
  bool is_replica(Slot slot) const {
    return !is_helper(slot) && key(slot).scope == KeyScope::replica;
  }
  std::optional<Slot> seed() const { return seed_; }
  /// Index into the vocabulary's derived().
  std::optional<std::size_t> derived(std::string_view name) const;

  /// All slots, sorted by name: the order of canonical JSON.
  const std::vector<Slot>& by_name() const { return by_name_; }
  /// Names of all keys and helpers, for suggestions.
  std::vector<std::string> slot_names() const;
  std::vector<std::string> derived_names() const;

 private:
  const Vocabulary* vocabulary_;
  std::vector<std::string> helpers_;
  std::size_t key_count_;
  std::optional<Slot> seed_;
  std::vector<Slot> by_name_;
};

}  // namespace scanyard::spec
