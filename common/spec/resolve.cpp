#include "common/spec/resolve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/spec/combination.hpp"
#include "common/spec/errc.hpp"
#include "common/yaml/node.hpp"

namespace scanyard::spec {
namespace {

std::set<Slot> slots_of(const Settings& settings) {
  std::set<Slot> slots;
  for (const auto& one : settings.fixed)
    slots.insert(one.slot);
  for (const auto& group : settings.axes)
    slots.insert(group.slots.begin(), group.slots.end());
  for (const auto& derivation : settings.derivations)
    slots.insert(derivation.target);
  return slots;
}

class Resolver {
 public:
  explicit Resolver(const SpecDocument& document) : document_(document) {}

  Result<std::vector<ResolvedBlock>> resolve() {
    if (document_.blocks.empty()) {
      if (auto done = add(document_.shared, nullptr, 0); !done) return propagate(done);
    }
    for (std::uint32_t i = 0; i < document_.blocks.size(); ++i) {
      if (auto done = add(document_.blocks[i], &document_.shared, i); !done) return propagate(done);
    }
    return std::move(resolved_);
  }

 private:
  Result<void> add(const BlockSpec& own, const BlockSpec* shared, std::uint32_t index) {
    ResolvedBlock block;
    block.block = index;
    block.name = own.name;
    block.line = own.line;
    block.preset = document_.preset_values;
    if (shared != nullptr) {
      append(block, *shared);
      if (auto done = drop(block, slots_of(own.settings)); !done) return done;
    }
    append(block, own);
    if (auto done = check_whens(block); !done) return done;
    std::vector<const Include*> includes;
    if (shared != nullptr) add_includes(includes, *shared);
    add_includes(includes, own);

    resolved_.push_back(sorted(block));
    for (const Include* include : includes) {
      ResolvedBlock variant = block;
      variant.include_line = include->line;
      variant.excludes.clear();
      if (auto done = drop(variant, slots_of(include->settings)); !done) return done;
      const auto& axes = include->settings.axes;
      variant.settings.axes.insert(variant.settings.axes.end(), axes.begin(), axes.end());
      resolved_.push_back(sorted(std::move(variant)));
    }
    return {};
  }

  static void add_includes(std::vector<const Include*>& to, const BlockSpec& from) {
    for (const auto& include : from.includes)
      to.push_back(&include);
  }

  static void append(ResolvedBlock& block, const BlockSpec& from) {
    const auto add_all = [](auto& to, const auto& what) {
      to.insert(to.end(), what.begin(), what.end());
    };
    add_all(block.settings.fixed, from.settings.fixed);
    add_all(block.settings.axes, from.settings.axes);
    add_all(block.settings.derivations, from.settings.derivations);
    add_all(block.whens, from.whens);
    for (const auto& constraint : from.constraints)
      block.constraints.push_back(&constraint);
    for (const auto& exclude : from.excludes)
      block.excludes.push_back(&exclude);
  }

  /// Takes the slots out of everything that is there, to make room for new settings of them.
  Result<void> drop(ResolvedBlock& block, const std::set<Slot>& slots) const {
    if (auto done = drop(block.settings, slots); !done) return done;
    for (auto& when : block.whens) {
      if (auto done = drop(when.settings, slots); !done) return done;
    }
    return {};
  }

  Result<void> drop(Settings& settings, const std::set<Slot>& slots) const {
    const auto dropped = [&](Slot slot) { return slots.contains(slot); };
    std::erase_if(settings.fixed, [&](const FixedValue& one) { return dropped(one.slot); });
    std::erase_if(settings.derivations, [&](const Derivation& one) { return dropped(one.target); });
    for (const auto& group : settings.axes) {
      const auto count = std::count_if(group.slots.begin(), group.slots.end(), dropped);
      if (count == 0 || count == std::ptrdiff_t(group.slots.size())) continue;
      const auto gone = std::find_if(group.slots.begin(), group.slots.end(), dropped);
      const auto left = std::find_if_not(group.slots.begin(), group.slots.end(), dropped);
      return yaml::fail_at(errc::bad_zip, document_.source, group.line,
                           fmt::format("'{0}' of this 'zip' is set anew by a block or an include, "
                                       "but '{1}' is not; set '{1}' there too",
                                       document_.names.name(*gone), document_.names.name(*left)));
    }
    std::erase_if(settings.axes, [&](const AxisGroup& group) { return dropped(group.slots[0]); });
    return {};
  }

  /// A `when` adds; what all combinations have already cannot be added.
  Result<void> check_whens(const ResolvedBlock& block) const {
    for (const auto& when : block.whens) {
      if (auto done = check_condition(when, block); !done) return done;
      for (const Slot slot : slots_of(when.settings)) {
        const auto everywhere = block.settings.line_of(slot);
        if (!everywhere) continue;
        return yaml::fail_at(errc::set_twice, document_.source,
                             when.settings.line_of(slot).value_or(when.line),
                             fmt::format("'{}' is set for all combinations in line {}; move that "
                                         "under a 'when' of its own, or remove one",
                                         document_.names.name(slot), *everywhere));
      }
    }
    return {};
  }

  /// Clauses are decided before anything is derived.
  Result<void> check_condition(const When& when, const ResolvedBlock& block) const {
    std::vector<const Settings*> places{&block.settings};
    for (const auto& other : block.whens)
      places.push_back(&other.settings);
    const auto asked = slots_of(when.condition);
    for (const Settings* settings : places) {
      for (const auto& derivation : settings->derivations) {
        if (std::find(asked.begin(), asked.end(), derivation.target) == asked.end()) continue;
        return yaml::fail_at(
            errc::bad_derivation, document_.source, when.line,
            fmt::format("a 'when' cannot ask for '{}', which is derived (line {}); "
                        "ask for what it is derived from",
                        document_.names.name(derivation.target), derivation.line));
      }
    }
    return {};
  }

  ResolvedBlock sorted(ResolvedBlock block) const {
    const auto order = [&](const AxisGroup& a, const AxisGroup& b) {
      return nests_before(document_.names, a, b);
    };
    std::sort(block.settings.axes.begin(), block.settings.axes.end(), order);
    for (auto& when : block.whens) {
      std::sort(when.settings.axes.begin(), when.settings.axes.end(), order);
    }
    return block;
  }

  const SpecDocument& document_;
  std::vector<ResolvedBlock> resolved_;
};

}  // namespace

bool nests_before(const Names& names, const AxisGroup& a, const AxisGroup& b) {
  const auto rank = [&](const AxisGroup& group) {
    const bool seeds = names.seed() && group.has(*names.seed());
    return std::pair(seeds, *std::min_element(group.slots.begin(), group.slots.end()));
  };
  return rank(a) < rank(b);
}

Result<std::vector<ResolvedBlock>> resolve(const SpecDocument& document) {
  return Resolver(document).resolve();
}

}  // namespace scanyard::spec
