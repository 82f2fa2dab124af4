#include "common/spec/plan.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "common/assert.hpp"

namespace scanyard::spec {
namespace {

class Planner {
 public:
  Planner(const Expansion& expansion, PlanOptions options) : expansion_(expansion) {
    plan_.name = expansion.name;
    plan_.description = expansion.description;
    plan_.selection = expansion.selection;
    plan_.shapes = expansion.shapes.size();
    plan_.duplicates = expansion.duplicates;
    plan_.options = std::move(options);
    for (const auto& block : expansion.blocks) {
      PlanPart part;
      part.name = block.name;
      part.line = block.line;
      part.cells = block.cells;
      part.combinations = block.combinations;
      plan_.blocks.push_back(std::move(part));
    }
    plan_.total.name = "in all";
    plan_.total.cells = expansion.cells.size();
  }

  Plan make(std::span<const KnownRun> known) {
    count_states(known);
    add_costs();
    for (const auto& block : plan_.blocks)
      plan_.total.combinations += block.combinations;
    return std::move(plan_);
  }

 private:
  void count_states(std::span<const KnownRun> known) {
    std::map<SweepId, std::uint64_t> done_in;
    states_.resize(expansion_.runs.size());
    for (const KnownRun& one : known) {
      SCANYARD_ASSERT(one.index < states_.size(), "known runs are runs of this expansion");
      states_[one.index] = one.state;
      if (is_done(one.state)) ++done_in[one.sweep];
    }
    for (std::size_t i = 0; i < states_.size(); ++i) {
      for (PlanPart* part : {&plan_.total, &plan_.blocks[expansion_.runs[i].block]}) {
        ++part->runs;
        ++count_of(*part, states_[i]);
      }
    }
    for (const auto& [sweep, runs] : done_in)
      plan_.done_in.push_back({sweep, name_of(sweep), runs});
    std::stable_sort(plan_.done_in.begin(), plan_.done_in.end(),
                     [](const auto& a, const auto& b) { return a.runs > b.runs; });
  }

  static bool is_done(RunState state) {
    return state == RunState::finished || state == RunState::diverged;
  }

  static std::uint64_t& count_of(PlanPart& part, std::optional<RunState> state) {
    if (!state) return part.new_runs;
    if (is_done(*state)) return part.done;
    const bool open = *state == RunState::queued || *state == RunState::running;
    return open ? part.open : part.failed;
  }

  std::string name_of(SweepId sweep) const {
    for (const auto& [id, name] : plan_.options.sweep_names) {
      if (id == sweep) return name;
    }
    return {};
  }

  /// Runs come shape by shape, so each shape is one stretch.
  void add_costs() {
    const auto& runs = expansion_.runs;
    for (PlanPart& part : plan_.blocks)
      part.slot_s = 0;
    plan_.total.slot_s = 0;
    for (std::size_t first = 0; first < runs.size();) {
      const std::uint32_t index = runs[first].shape;
      std::map<std::uint32_t, std::uint64_t> left_of_block;
      std::size_t end = first;
      for (; end < runs.size() && runs[end].shape == index; ++end) {
        if (!states_[end] || !is_done(*states_[end])) ++left_of_block[runs[end].block];
      }
      first = end;
      std::uint64_t left = 0;
      for (const auto& [block, count] : left_of_block) {
        add_cost(plan_.blocks[block], expansion_.shapes[index], count);
        left += count;
      }
      add_cost(plan_.total, expansion_.shapes[index], left);
    }
    for (const auto& shape : expansion_.shapes) {
      const double bytes = shape.cost.memory_bytes;
      plan_.replica_bytes_max = std::max(plan_.replica_bytes_max, bytes);
      const double limit = plan_.options.memory_bytes;
      if (limit > 0 && bytes > limit) ++plan_.shapes_too_large;
    }
  }

  void add_cost(PlanPart& part, const ExpandedShape& shape, std::uint64_t runs) const {
    if (runs == 0) return;
    const std::uint64_t replicas = replicas_of(shape);
    part.packs += (runs + replicas - 1) / replicas;
    part.flops += double(runs) * flops_of_run(shape);
    const auto seconds = seconds_of(shape);
    if (!seconds) part.slot_s.reset();
    if (part.slot_s) *part.slot_s += double(runs) * *seconds;
  }

  std::uint64_t replicas_of(const ExpandedShape& shape) const {
    double replicas = double(std::max<std::int64_t>(1, plan_.options.max_replicas));
    if (plan_.options.memory_bytes > 0 && shape.cost.memory_bytes > 0) {
      replicas = std::min(replicas, plan_.options.memory_bytes / shape.cost.memory_bytes);
    }
    return std::uint64_t(std::max(1.0, std::floor(replicas)));
  }

  std::optional<double> seconds_of(const ExpandedShape& shape) const {
    const PlanOptions& options = plan_.options;
    if (options.seconds_per_run) {
      if (const auto measured = options.seconds_per_run(shape.json)) return measured;
    }
    if (options.flops_per_s <= 0) return std::nullopt;
    return flops_of_run(shape) / options.flops_per_s;
  }

  const Expansion& expansion_;
  Plan plan_;
  std::vector<std::optional<RunState>> states_;  ///< by run; nothing for a new one
};

}  // namespace

double flops_of_run(const ExpandedShape& shape) {
  return shape.cost.flops_per_step * shape.cost.steps + shape.cost.evaluation_flops;
}

Plan make_plan(const Expansion& expansion, std::span<const KnownRun> known, PlanOptions options) {
  return Planner(expansion, std::move(options)).make(known);
}

}  // namespace scanyard::spec
