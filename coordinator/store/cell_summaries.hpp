//! Keeping `cell_summary` up to date.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/read_model.hpp"
#include "coordinator/store/cell_reader.hpp"
#include "coordinator/store/sql.hpp"

namespace scanyard::store {

class CellSummaries {
 public:
  explicit CellSummaries(Database& database);

  /// A new cell whose runs are in these states; its numbers come with the first refresh.
  void insert(std::int64_t cell, const StateCounts& counts);
  /// Recomputes one cell and removes its mark. Returns how many runs it has.
  std::uint64_t refresh(std::int64_t cell);
  /// Cells that are marked, ascending.
  std::vector<std::int64_t> marked();

 private:
  struct Context {
    std::int64_t sweep = 0;
    double state_size = 0;
  };
  Context context(std::int64_t cell);
  const spec::Selection& selection(std::int64_t sweep);
  void write(std::int64_t cell, const Context& context, const ComputedSummary& summary);

  CellReader reader_;
  Prepared insert_, write_, unmark_, marked_, context_, selection_;
  std::unordered_map<std::int64_t, spec::Selection> selections_;
};

/// Values by state size as JSON: [[64,0.5,3,1],[128,null,2,0]] (size, value, results, solved).
std::string by_state_to_json(const std::vector<ValueAtState>& values);
std::vector<ValueAtState> by_state_from_json(std::string_view json);

}  // namespace scanyard::store
