//! Walks all combinations of a block in canonical order and hands on those that pass.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "common/spec/combination.hpp"
#include "common/spec/leaf_plan.hpp"
#include "common/spec/resolve.hpp"
#include "common/spec/shape_cache.hpp"

namespace scanyard::spec {

/// Takes what an enumeration finds.
class CombinationSink {
 public:
  virtual ~CombinationSink() = default;
  /// Whether add() is wanted for each combination; if not, count() is called and shapes are not
  /// completed where nothing depends on it.
  virtual bool wants_each() const = 0;
  virtual void count(std::uint64_t combinations) = 0;
  virtual void add(const Combination& combination, CompleteShape& shape) = 0;
  /// Ends the enumeration early.
  virtual bool is_full() const = 0;
};

/// What filters and clauses met, by their ids.
struct FilterCounts {
  std::vector<std::uint64_t> met;  ///< clauses that held, excludes that matched, constraints asked
  std::vector<std::uint64_t> removed;  ///< combinations that an exclude or a constraint took out

  explicit FilterCounts(std::size_t ids) : met(ids), removed(ids) {}
};

/// One block, walked once. The document, the block and the cache must outlive it.
class Enumeration {
 public:
  Enumeration(SpecDocument& document, const ResolvedBlock& block, ShapeCache& shapes,
              FilterCounts& counts, CombinationSink& sink);

  /// Walks at most `visits_max` combinations, passing or not; is_cut() tells when that was too few.
  /// Errors: spec.*, and those of Vocabulary::complete with file, line and the combination.
  Result<void> run(std::uint64_t visits_max);
  bool is_cut() const { return cut_; }
  std::uint64_t visits_left() const { return visits_left_; }

 private:
  /// Where nothing can be taken out or added, walking is not needed.
  void count_by_multiplying();
  Result<void> visit_axis(std::size_t index);
  Result<void> visit_when(std::size_t index);
  Result<void> visit_when_axis(std::size_t when, std::size_t index);
  Result<void> visit_leaf();
  Result<void> visit_inner(const LeafPlan& plan, CompleteShape* shape);
  Result<bool> apply(const LeafPlan::Stage& stage, const CompleteShape* shape);
  Result<bool> apply(const std::vector<Filter>& filters, const CompleteShape* shape);
  Result<bool> satisfies(const Constraint& constraint, const CompleteShape* shape);
  Result<void> derive(const Derivation& derivation, const CompleteShape* shape);
  Result<CompleteShape*> complete(const LeafPlan& plan);

  void assign(Slot slot, ValueId value, int line);
  void assign(const AxisGroup& group, std::size_t point);
  bool is_done() const { return cut_ || sink_.is_full(); }
  std::vector<Slot> varying_slots() const;

  SpecDocument& document_;
  const ResolvedBlock& block_;
  ShapeCache& shapes_;
  FilterCounts& counts_;
  CombinationSink& sink_;
  AxisSplit split_;
  std::vector<const AxisGroup*> outer_axes_;
  std::map<std::vector<bool>, LeafPlan> plans_;  ///< by the clauses that hold
  std::vector<bool> matched_;
  Combination combination_;
  std::uint64_t visits_left_ = 0;
  bool cut_ = false;
};

}  // namespace scanyard::spec
