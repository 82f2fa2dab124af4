//! What an enumeration's combinations go into: counts, distinct ids, or the expansion itself.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "common/spec/cell_table.hpp"
#include "common/spec/enumerate.hpp"
#include "common/spec/expansion.hpp"
#include "common/spec/run_identity.hpp"

namespace scanyard::spec {

/// Counts without keeping anything.
class CountingSink final : public CombinationSink {
 public:
  explicit CountingSink(std::uint64_t enough) : enough_(enough) {}
  bool wants_each() const override { return false; }
  void count(std::uint64_t combinations) override { total_ += combinations; }
  void add(const Combination&, CompleteShape&) override {}
  bool is_full() const override { return total_ > enough_; }
  std::uint64_t total() const { return total_; }

 private:
  std::uint64_t enough_;
  std::uint64_t total_ = 0;
};

/// Keeps nothing but the ids of distinct runs, at most one more than `limit`.
class DistinctSink final : public CombinationSink {
 public:
  DistinctSink(const SpecDocument& document, std::uint64_t limit)
      : identity_(document), limit_(limit) {}
  bool wants_each() const override { return true; }
  void count(std::uint64_t) override {}
  void add(const Combination& combination, CompleteShape& shape) override {
    ids_.insert(identity_.identify(combination, shape));
  }
  bool is_full() const override { return ids_.size() > limit_; }

 private:
  RunIdentity identity_;
  std::uint64_t limit_;
  std::unordered_set<RunId> ids_;
};

/// Builds the expansion: runs without repetition, cells, and which run belongs to which cell.
class RunCollector final : public CombinationSink {
 public:
  /// `combinations` is how many to make room for.
  RunCollector(const SpecDocument& document, Expansion& expansion, std::uint64_t combinations);

  /// What comes from now on belongs to Expansion::blocks[block].
  void start_block(std::uint32_t block) { block_ = block; }
  bool wants_each() const override { return true; }
  void count(std::uint64_t) override {}
  bool is_full() const override { return false; }
  void add(const Combination& combination, CompleteShape& shape) override;

  const CellTable& cells() const { return cells_; }
  /// Puts everything into canonical order. Nothing may be added afterwards.
  void finish();

 private:
  void order_runs_by_shape();

  RunIdentity identity_;
  CellTable cells_;
  Expansion& expansion_;
  std::unordered_map<RunId, std::uint32_t> index_of_;
  std::vector<std::uint32_t> block_of_cell_;  ///< the last block that had a run in it
  std::uint32_t block_ = 0;
};

}  // namespace scanyard::spec
