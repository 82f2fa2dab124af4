#include "coordinator/store/sweep_index.hpp"

#include <algorithm>

#include "common/assert.hpp"

namespace scanyard::store {

void SweepIndex::load(Database& database) {
  sweeps_.clear();
  Prepared rows(database,
                "SELECT id, first_cell, cells, state <> 'cancelled' FROM sweep ORDER BY id");
  while (rows.step()) {
    sweeps_.push_back(
        {SweepId{rows.integer(0)}, rows.integer(1), rows.integer(2), rows.integer(3) != 0});
  }
}

void SweepIndex::set_wanted(SweepId id, bool wanted) {
  for (auto& sweep : sweeps_) {
    if (sweep.id == id) sweep.wanted = wanted;
  }
}

bool SweepIndex::has(SweepId id) const {
  return std::binary_search(sweeps_.begin(), sweeps_.end(), Sweep{.id = id},
                            [](const Sweep& a, const Sweep& b) { return a.id < b.id; });
}

const SweepIndex::Sweep& SweepIndex::sweep_of(std::int64_t cell) const {
  const auto after = std::upper_bound(
      sweeps_.begin(), sweeps_.end(), cell,
      [](std::int64_t number, const Sweep& sweep) { return number < sweep.first_cell; });
  SCANYARD_ASSERT(after != sweeps_.begin(), "every cell lies in the range of a sweep");
  return *std::prev(after);
}

void SweepIndex::sweeps_of(std::span<const std::int64_t> cells,
                           std::vector<SweepId>& sweeps) const {
  sweeps.clear();
  for (const std::int64_t cell : cells) {
    const SweepId id = sweep_of(cell).id;
    if (sweeps.empty() || sweeps.back() != id) sweeps.push_back(id);
  }
}

std::vector<SweepId> SweepIndex::wanted_sweeps_of(std::span<const std::int64_t> cells) const {
  std::vector<SweepId> sweeps;
  for (const std::int64_t cell : cells) {
    const Sweep& sweep = sweep_of(cell);
    if (sweep.wanted && (sweeps.empty() || sweeps.back() != sweep.id)) sweeps.push_back(sweep.id);
  }
  return sweeps;
}

}  // namespace scanyard::store
