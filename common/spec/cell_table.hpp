//! Collects the cells of a sweep: combinations that are equal outside the selection's axes.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/spec/combination.hpp"
#include "common/spec/expansion.hpp"
#include "common/spec/shape_cache.hpp"

namespace scanyard::spec {

/// Not thread-safe.
class CellTable {
 public:
  explicit CellTable(const SpecDocument& document);

  /// The cell of a combination, new or known.
  std::uint32_t add(const Combination& combination, const CompleteShape& shape);
  /// All cells with their labels. The table is empty afterwards.
  std::vector<ExpandedCell> finish();

  /// Whether cells are told apart by this slot.
  bool has(Slot slot) const;
  /// Whether some cell has a value for it.
  bool is_used(Slot slot) const;

 private:
  std::uint32_t new_cell(const Combination& combination, const CompleteShape& shape);
  /// Which of slots_ have at least two values among the cells.
  std::vector<bool> varying_slots() const;
  std::string json_of(const std::vector<ValueId>& key, const std::vector<bool>& wanted) const;

  const SpecDocument& document_;
  std::vector<Slot> slots_;  ///< those outside the selection's axes, by name
  std::vector<ExpandedCell> cells_;
  std::vector<std::vector<ValueId>> keys_;             ///< by cell: the values of slots_
  std::unordered_map<RunId, std::uint32_t> index_of_;  ///< by the hash of the key
  std::size_t state_index_;   ///< into CompleteShape::derived; past its end = no such value
  std::vector<ValueId> key_;  ///< of the last combination
  std::uint32_t last_ = 0;    ///< its cell
};

}  // namespace scanyard::spec
