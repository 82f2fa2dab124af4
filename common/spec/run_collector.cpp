#include "common/spec/run_collector.hpp"

#include <algorithm>
#include <numeric>

namespace scanyard::spec {
namespace {

constexpr std::uint32_t no_block = ~std::uint32_t{0};

}  // namespace

RunCollector::RunCollector(const SpecDocument& document, Expansion& expansion,
                           std::uint64_t combinations)
    : identity_(document), cells_(document), expansion_(expansion) {
  expansion_.runs.reserve(combinations);
  expansion_.memberships.reserve(combinations);
  index_of_.reserve(combinations);
}

void RunCollector::add(const Combination& combination, CompleteShape& shape) {
  const RunId id = identity_.identify(combination, shape);
  const auto [found, added] = index_of_.try_emplace(id, std::uint32_t(expansion_.runs.size()));
  ExpandedBlock& block = expansion_.blocks[block_];
  ++block.combinations;
  if (added) {
    expansion_.runs.push_back({id, shape.index, block_, identity_.replica_json()});
    ++block.runs;
  } else {
    ++expansion_.duplicates;
  }
  const std::uint32_t cell = cells_.add(combination, shape);
  expansion_.memberships.push_back({cell, found->second});
  if (cell >= block_of_cell_.size()) block_of_cell_.resize(cell + 1, no_block);
  if (block_of_cell_[cell] != block_) ++block.cells;
  block_of_cell_[cell] = block_;
}

void RunCollector::finish() {
  index_of_ = {};
  expansion_.shapes = std::move(identity_.shapes());
  expansion_.cells = cells_.finish();
  order_runs_by_shape();
  auto& memberships = expansion_.memberships;
  const auto key = [](const Expansion::Membership& m) { return std::pair(m.cell, m.run); };
  std::sort(memberships.begin(), memberships.end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });
  const auto end = std::unique(memberships.begin(), memberships.end(),
                               [&](const auto& a, const auto& b) { return key(a) == key(b); });
  memberships.erase(end, memberships.end());
}

void RunCollector::order_runs_by_shape() {
  auto& runs = expansion_.runs;
  const auto by_shape = [](const ExpandedRun& a, const ExpandedRun& b) {
    return a.shape < b.shape;
  };
  if (std::is_sorted(runs.begin(), runs.end(), by_shape)) return;
  std::vector<std::uint32_t> order(runs.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return by_shape(runs[a], runs[b]); });
  std::vector<std::uint32_t> place(runs.size());
  std::vector<ExpandedRun> ordered;
  ordered.reserve(runs.size());
  for (const std::uint32_t from : order) {
    place[from] = std::uint32_t(ordered.size());
    ordered.push_back(std::move(runs[from]));
  }
  runs = std::move(ordered);
  for (auto& membership : expansion_.memberships)
    membership.run = place[membership.run];
}

}  // namespace scanyard::spec
