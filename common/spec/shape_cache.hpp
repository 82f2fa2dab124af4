//! Completes combinations through the vocabulary, once for each shape.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/spec/combination.hpp"
#include "common/spec/document.hpp"

namespace scanyard::spec {

/// What the vocabulary makes of a combination's shape.
struct CompleteShape {
  static constexpr std::uint32_t no_index = ~std::uint32_t{0};
  /// By key: canonical values of shape keys; of replica keys the default where none was given, and
  /// unset where the key does not apply to the shape.
  std::vector<ValueId> completed;
  std::vector<double> derived;     ///< by Vocabulary::derived()
  std::uint32_t index = no_index;  ///< into Expansion::shapes, given by whoever collects runs
};

/// Not thread-safe.
class ShapeCache {
 public:
  /// The document must outlive the cache; values that the vocabulary adds are interned in it.
  explicit ShapeCache(SpecDocument& document) : document_(document) {}

  /// All keys of the shape must be set in `combination`, and of replica keys those that its runs
  /// have, with any valid value. The result is good until the next call.
  /// Errors: those of Vocabulary::complete, without place.
  Result<CompleteShape*> complete(const Combination& combination);

  /// Forgets all shapes, and with them the indices that they were given.
  void clear() { entries_.clear(); }

 private:
  static constexpr std::size_t entries_max = 200'000;

  SpecDocument& document_;
  std::unordered_map<std::string, std::unique_ptr<CompleteShape>> entries_;
  std::string key_;  ///< a buffer
};

/// The values of a combination's keys as the vocabulary wants them.
Assignment assignment_of(const std::vector<ValueId>& values, std::size_t key_count,
                         const ValueTable& table);

}  // namespace scanyard::spec
