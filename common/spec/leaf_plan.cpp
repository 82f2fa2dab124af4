#include "common/spec/leaf_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "common/spec/combination.hpp"
#include "common/spec/errc.hpp"
#include "common/yaml/node.hpp"

namespace scanyard::spec {
namespace {

/// When the value of a slot is there.
enum class Known { early, late, inner };

class LeafPlanner {
 public:
  LeafPlanner(const ResolvedBlock& block, const AxisSplit& split, const std::vector<bool>& matched,
              const SpecDocument& document)
      : block_(block), split_(split), matched_(matched), document_(document) {}

  Result<LeafPlan> plan() {
    known_.resize(document_.names.slot_count());
    lines_.resize(document_.names.slot_count(), 0);
    derived_.resize(document_.names.slot_count(), false);
    for (const auto& one : block_.preset)
      known_[one.slot] = Known::early;
    if (auto done = take(block_.settings); !done) return propagate(done);
    for (std::size_t i = 0; i < block_.whens.size(); ++i) {
      if (!matched_[i]) continue;
      if (auto done = take(block_.whens[i].settings); !done) return propagate(done);
    }
    if (auto done = order_derivations(); !done) return propagate(done);
    for (const Exclude* exclude : block_.excludes)
      place_exclude(*exclude);
    for (const Constraint* constraint : block_.constraints)
      place_constraint(*constraint);
    order_inner_axes();
    return std::move(plan_);
  }

 private:
  Result<void> take(const Settings& settings) {
    for (const auto& one : settings.fixed) {
      if (auto done = set(one.slot, one.line, Known::early); !done) return done;
    }
    for (const auto& group : settings.axes) {
      const bool outer = split_.is_outer(group);
      for (const Slot slot : group.slots) {
        if (auto done = set(slot, group.line, outer ? Known::early : Known::inner); !done) {
          return done;
        }
      }
      if (!outer) plan_.inner_axes.push_back(&group);
    }
    for (const auto& derivation : settings.derivations) {
      // The stage is found later; until then the slot only counts as taken.
      if (auto done = set(derivation.target, derivation.line, Known::early); !done) return done;
      known_[derivation.target].reset();
      derived_[derivation.target] = true;
      pending_.push_back(&derivation);
    }
    return {};
  }

  Result<void> set(Slot slot, int line, Known known) {
    if (lines_[slot] != 0) {
      return yaml::fail_at(
          errc::set_twice, document_.source, line,
          fmt::format("'{}' is set here and in line {}, and there are combinations "
                      "for which both hold",
                      document_.names.name(slot), lines_[slot]));
    }
    lines_[slot] = line;
    known_[slot] = known;
    return {};
  }

  /// Moves derivations from pending_ into the plan as soon as all that they need is known.
  Result<void> order_derivations() {
    std::sort(pending_.begin(), pending_.end(),
              [](const Derivation* a, const Derivation* b) { return a->target < b->target; });
    while (!pending_.empty()) {
      bool progress = false;
      for (std::size_t i = 0; i < pending_.size(); ++i) {
        auto known = known_of(*pending_[i]);
        if (!known) return propagate(known);
        if (!*known) continue;
        if (auto done = place_derivation(*pending_[i], **known); !done) return done;
        pending_.erase(pending_.begin() + std::ptrdiff_t(i));
        progress = true;
        break;
      }
      if (!progress) return cycle(*pending_.front());
    }
    return {};
  }

  /// When a derivation can be calculated; nothing while one of its inputs waits itself.
  Result<std::optional<Known>> known_of(const Derivation& derivation) const {
    Known known = Known::early;
    for (const auto& reference : derivation.expression->references()) {
      if (reference.derived) {
        known = std::max(known, Known::late);
      } else if (known_[reference.index]) {
        known = std::max(known, *known_[reference.index]);
      } else if (derived_[reference.index]) {
        return std::optional<Known>();
      } else {
        return yaml::fail_at(
            errc::bad_derivation, document_.source, derivation.line,
            fmt::format("'{0}' follows from '{1}', which has no value in {2}; give it one, or put "
                        "the derivation under a 'when'",
                        document_.names.name(derivation.target),
                        document_.names.name(reference.index), block_.name));
      }
    }
    return std::optional(known);
  }

  Result<void> place_derivation(const Derivation& derivation, Known known) {
    if (known != Known::early && split_.outer_slots[derivation.target]) {
      std::string input = "what comes later";
      for (const auto& reference : derivation.expression->references()) {
        if (reference.derived) {
          input = document_.names.vocabulary().derived()[reference.index].name;
        }
      }
      return yaml::fail_at(errc::cyclic_derivation, document_.source, derivation.line,
                           fmt::format("'{0}' cannot follow from '{1}', because '{1}' follows from "
                                       "the complete shape, of which '{0}' is a part",
                                       document_.names.name(derivation.target), input));
    }
    known_[derivation.target] = known;
    stage(known).derivations.push_back(&derivation);
    plan_.needs_shape =
        plan_.needs_shape || known == Known::late || uses_derived(*derivation.expression);
    return {};
  }

  tl::unexpected<Error> cycle(const Derivation& start) const {
    std::vector<Slot> chain{start.target};
    while (true) {
      Slot next = chain.back();
      for (const Derivation* derivation : pending_) {
        if (derivation->target != chain.back()) continue;
        for (const Slot slot : slots_of(*derivation->expression)) {
          if (derived_[slot] && !known_[slot]) next = slot;
        }
      }
      const auto seen = std::find(chain.begin(), chain.end(), next);
      if (seen != chain.end()) {
        chain.erase(chain.begin(), seen);
        chain.push_back(next);
        break;
      }
      chain.push_back(next);
    }
    std::string text;
    for (const Slot slot : chain) {
      text += fmt::format("{}'{}'", text.empty() ? "" : " from ", document_.names.name(slot));
    }
    return yaml::fail_at(errc::cyclic_derivation, document_.source, lines_[chain.front()],
                         fmt::format("the derived values go round in a circle: {}", text));
  }

  static bool uses_derived(const Expression& expression) {
    const auto& references = expression.references();
    return std::any_of(references.begin(), references.end(),
                       [](const auto& r) { return r.derived; });
  }

  void place_exclude(const Exclude& exclude) {
    Known known = Known::early;
    const auto slots = slots_of(exclude.condition);
    for (const Slot slot : slots) {
      if (!known_[slot]) return;  // a combination without this value is never excluded
      known = std::max(known, *known_[slot]);
    }
    place({&exclude, nullptr}, known, slots);
  }

  void place_constraint(const Constraint& constraint) {
    Known known = Known::early;
    bool needs_shape = false;
    for (const auto& reference : constraint.expression->references()) {
      const bool defaulted = !reference.derived && !known_[reference.index];
      if (defaulted && document_.names.is_helper(reference.index)) return;
      needs_shape = needs_shape || reference.derived || defaulted;
      known =
          std::max(known, reference.derived || defaulted ? Known::late : *known_[reference.index]);
    }
    plan_.needs_shape = plan_.needs_shape || needs_shape;
    place({nullptr, &constraint}, known, slots_of(*constraint.expression));
  }

  void place(Filter filter, Known known, const std::vector<Slot>& slots) {
    const bool after = std::any_of(slots.begin(), slots.end(), [&](Slot slot) {
      return derived_[slot] && known_[slot] == known;
    });
    auto& where = stage(known);
    (after ? where.after : where.before).push_back(filter);
  }

  LeafPlan::Stage& stage(Known known) {
    return known == Known::early ? plan_.early : known == Known::late ? plan_.late : plan_.inner;
  }

  void order_inner_axes() {
    std::sort(plan_.inner_axes.begin(), plan_.inner_axes.end(),
              [&](const AxisGroup* a, const AxisGroup* b) {
                return nests_before(document_.names, *a, *b);
              });
    for (const AxisGroup* group : plan_.inner_axes) {
      const bool fits = group->size() <= points_cap / plan_.inner_points;
      plan_.inner_points = fits ? plan_.inner_points * group->size() : points_cap;
    }
  }

  const ResolvedBlock& block_;
  const AxisSplit& split_;
  const std::vector<bool>& matched_;
  const SpecDocument& document_;
  LeafPlan plan_;
  std::vector<std::optional<Known>> known_;  ///< by slot; nothing where it is not set
  std::vector<int> lines_;                   ///< by slot: where it is set, 0 = nowhere
  std::vector<bool> derived_;                ///< by slot
  std::vector<const Derivation*> pending_;
};

}  // namespace

AxisSplit::AxisSplit(const ResolvedBlock& block, const Names& names)
    : outer_slots(names.slot_count(), false) {
  for (Slot slot = 0; slot < names.key_count(); ++slot)
    outer_slots[slot] = !names.is_replica(slot);
  std::vector<const Derivation*> derivations;
  for (const auto& derivation : block.settings.derivations)
    derivations.push_back(&derivation);
  for (const auto& when : block.whens) {
    for (const Slot slot : slots_of(when.condition))
      outer_slots[slot] = true;
    for (const auto& derivation : when.settings.derivations)
      derivations.push_back(&derivation);
  }
  // What an outer value is derived from must be there in the outer loop too.
  for (bool changed = true; changed;) {
    changed = false;
    for (const Derivation* derivation : derivations) {
      if (!outer_slots[derivation->target]) continue;
      for (const Slot slot : slots_of(*derivation->expression)) {
        changed = changed || !outer_slots[slot];
        outer_slots[slot] = true;
      }
    }
  }
}

bool AxisSplit::is_outer(const AxisGroup& group) const {
  return std::any_of(group.slots.begin(), group.slots.end(),
                     [&](Slot slot) { return outer_slots[slot]; });
}

Result<LeafPlan> plan_leaf(const ResolvedBlock& block, const AxisSplit& split,
                           const std::vector<bool>& matched, const SpecDocument& document) {
  return LeafPlanner(block, split, matched, document).plan();
}

}  // namespace scanyard::spec
