//! Which sweep a cell belongs to, without reading the cell.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/ids.hpp"
#include "coordinator/store/sql.hpp"

namespace scanyard::store {

/// Sweeps by their ranges of consecutive cell numbers, in memory. Loaded at open; the writer keeps
/// it in step after each commit.
class SweepIndex {
 public:
  struct Sweep {
    SweepId id;
    std::int64_t first_cell = 0, cells = 0;
    bool wanted = false;  ///< active or paused: its open runs are to be trained
  };

  void load(Database& database);
  void add(const Sweep& sweep) { sweeps_.push_back(sweep); }
  void set_wanted(SweepId id, bool wanted);
  bool has(SweepId id) const;

  /// Distinct sweeps of the cells, ascending. `cells` ascending.
  void sweeps_of(std::span<const std::int64_t> cells, std::vector<SweepId>& sweeps) const;
  /// Only those that want their open runs trained.
  std::vector<SweepId> wanted_sweeps_of(std::span<const std::int64_t> cells) const;
  /// The sweep of an existing cell.
  const Sweep& sweep_of(std::int64_t cell) const;

 private:
  std::vector<Sweep> sweeps_;  ///< by id, which is also by first_cell
};

}  // namespace scanyard::store
