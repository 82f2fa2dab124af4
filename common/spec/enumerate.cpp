#include "common/spec/enumerate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/spec/axis_values.hpp"
#include "common/spec/derived_value.hpp"
#include "common/spec/errc.hpp"
#include "common/spec/shape_error.hpp"
#include "common/yaml/node.hpp"

namespace scanyard::spec {

Enumeration::Enumeration(SpecDocument& document, const ResolvedBlock& block, ShapeCache& shapes,
                         FilterCounts& counts, CombinationSink& sink)
    : document_(document),
      block_(block),
      shapes_(shapes),
      counts_(counts),
      sink_(sink),
      split_(block, document.names),
      matched_(block.whens.size(), false) {
  for (const auto& group : block_.settings.axes) {
    if (split_.is_outer(group)) outer_axes_.push_back(&group);
  }
}

Result<void> Enumeration::run(std::uint64_t visits_max) {
  visits_left_ = visits_max;
  const bool plain = block_.whens.empty() && block_.constraints.empty() && block_.excludes.empty();
  if (plain && !sink_.wants_each()) {
    count_by_multiplying();
    return {};
  }
  combination_.values.assign(document_.names.slot_count(), unset);
  combination_.lines.assign(document_.names.slot_count(), 0);
  for (const auto& one : block_.preset)
    assign(one.slot, one.value, one.line);
  for (const auto& one : block_.settings.fixed)
    assign(one.slot, one.value, one.line);
  return visit_axis(0);
}

void Enumeration::count_by_multiplying() {
  std::uint64_t product = 1;
  for (const auto& group : block_.settings.axes) {
    cut_ = group.size() > visits_left_ / product;
    if (cut_) return;
    product *= group.size();
  }
  visits_left_ -= product;
  sink_.count(product);
}

void Enumeration::assign(Slot slot, ValueId value, int line) {
  combination_.values[slot] = value;
  combination_.lines[slot] = line;
}

void Enumeration::assign(const AxisGroup& group, std::size_t point) {
  const std::size_t width = group.slots.size();
  for (std::size_t i = 0; i < width; ++i) {
    assign(group.slots[i], group.values[point * width + i], group.line);
  }
}

Result<void> Enumeration::visit_axis(std::size_t index) {
  if (index == outer_axes_.size()) return visit_when(0);
  const AxisGroup& group = *outer_axes_[index];
  for (std::size_t point = 0; point < group.size() && !is_done(); ++point) {
    assign(group, point);
    if (auto done = visit_axis(index + 1); !done) return done;
  }
  return {};
}

Result<void> Enumeration::visit_when(std::size_t index) {
  if (index == block_.whens.size()) return visit_leaf();
  const When& when = block_.whens[index];
  const auto met = holds(when.condition, combination_, document_.values);
  if (!met) {
    return yaml::fail_at(met.error().code(), document_.source, when.line, met.error().message());
  }
  matched_[index] = *met;
  if (!*met) return visit_when(index + 1);
  ++counts_.met[when.id];
  const std::vector<ValueId> before = combination_.values;
  for (const auto& one : when.settings.fixed)
    assign(one.slot, one.value, one.line);
  auto done = visit_when_axis(index, 0);
  combination_.values = before;
  matched_[index] = false;
  return done;
}

Result<void> Enumeration::visit_when_axis(std::size_t when, std::size_t index) {
  const auto& axes = block_.whens[when].settings.axes;
  while (index < axes.size() && !split_.is_outer(axes[index]))
    ++index;
  if (index == axes.size()) return visit_when(when + 1);
  for (std::size_t point = 0; point < axes[index].size() && !is_done(); ++point) {
    assign(axes[index], point);
    if (auto done = visit_when_axis(when, index + 1); !done) return done;
  }
  return {};
}

Result<void> Enumeration::visit_leaf() {
  auto known = plans_.find(matched_);
  if (known == plans_.end()) {
    auto plan = plan_leaf(block_, split_, matched_, document_);
    if (!plan) return propagate(plan);
    known = plans_.emplace(matched_, std::move(*plan)).first;
  }
  const LeafPlan& plan = known->second;
  if (visits_left_ < plan.inner_points && plan.inner.empty() && !sink_.wants_each()) {
    cut_ = true;
    return {};
  }
  if (visits_left_ == 0) {
    cut_ = true;
    return {};
  }
  const std::vector<ValueId> before = combination_.values;
  const auto finish = [&](Result<void> outcome) {
    combination_.values = before;
    return outcome;
  };
  auto passes = apply(plan.early, nullptr);
  if (!passes) return propagate(passes);
  CompleteShape* shape = nullptr;
  if (*passes && (plan.needs_shape || sink_.wants_each())) {
    auto completed = complete(plan);
    if (!completed) return propagate(completed);
    shape = *completed;
    passes = apply(plan.late, shape);
    if (!passes) return propagate(passes);
  }
  if (*passes) return finish(visit_inner(plan, shape));
  --visits_left_;
  return finish({});
}

Result<void> Enumeration::visit_inner(const LeafPlan& plan, CompleteShape* shape) {
  if (plan.inner.empty() && !sink_.wants_each()) {
    visits_left_ -= plan.inner_points;
    sink_.count(plan.inner_points);
    return {};
  }
  const auto& axes = plan.inner_axes;
  std::vector<std::size_t> points(axes.size(), 0);
  for (const AxisGroup* group : axes)
    assign(*group, 0);
  while (true) {
    if (visits_left_ == 0) {
      cut_ = true;
      return {};
    }
    --visits_left_;
    auto passes = apply(plan.inner, shape);
    if (!passes) return propagate(passes);
    if (*passes && sink_.wants_each()) sink_.add(combination_, *shape);
    if (*passes && !sink_.wants_each()) sink_.count(1);
    if (sink_.is_full()) return {};
    std::size_t axis = axes.size();
    while (axis > 0 && points[axis - 1] + 1 == axes[axis - 1]->size())
      --axis;
    if (axis == 0) return {};
    assign(*axes[axis - 1], ++points[axis - 1]);
    for (; axis < axes.size(); ++axis)
      assign(*axes[axis], points[axis] = 0);
  }
}

Result<CompleteShape*> Enumeration::complete(const LeafPlan& plan) {
  // The vocabulary wants to know which replica keys will be there; their values come later.
  for (const AxisGroup* group : plan.inner_axes)
    assign(*group, 0);
  for (const auto* stage : {&plan.late, &plan.inner}) {
    for (const Derivation* derivation : stage->derivations) {
      if (document_.names.is_helper(derivation->target)) continue;
      const Value any = any_valid_value(document_.names.key(derivation->target));
      assign(derivation->target, document_.values.intern(any), derivation->line);
    }
  }
  auto shape = shapes_.complete(combination_);
  if (shape) return shape;
  return tl::unexpected<Error>(
      locate_shape_error(shape.error(), document_, block_, combination_, varying_slots()));
}

Result<bool> Enumeration::apply(const LeafPlan::Stage& stage, const CompleteShape* shape) {
  auto passes = apply(stage.before, shape);
  if (!passes || !*passes) return passes;
  for (const Derivation* derivation : stage.derivations) {
    if (auto done = derive(*derivation, shape); !done) return propagate(done);
  }
  return apply(stage.after, shape);
}

Result<bool> Enumeration::apply(const std::vector<Filter>& filters, const CompleteShape* shape) {
  for (const Filter& filter : filters) {
    const int line = filter.exclude != nullptr ? filter.exclude->line : filter.constraint->line;
    const std::size_t id = filter.exclude != nullptr ? filter.exclude->id : filter.constraint->id;
    Result<bool> removes =
        filter.exclude != nullptr
            ? holds(filter.exclude->condition, combination_, document_.values)
            : satisfies(*filter.constraint, shape).map([](bool ok) { return !ok; });
    if (!removes) {
      return yaml::fail_at(
          removes.error().code(), document_.source, line,
          fmt::format("{} (at {})", removes.error().message(),
                      describe(combination_, varying_slots(), document_.names, document_.values)));
    }
    if (!*removes) continue;
    if (filter.exclude != nullptr) ++counts_.met[id];
    ++counts_.removed[id];
    return false;
  }
  return true;
}

Result<bool> Enumeration::satisfies(const Constraint& constraint, const CompleteShape* shape) {
  std::vector<double> inputs;
  for (const auto& reference : constraint.expression->references()) {
    if (reference.derived) {
      inputs.push_back(shape->derived[reference.index]);
      continue;
    }
    ValueId value = combination_.values[reference.index];
    if (value == unset && shape != nullptr) value = shape->completed[reference.index];
    if (value == unset) return true;  // a value that the run does not have constrains nothing
    inputs.push_back(document_.values.number(value));
  }
  ++counts_.met[constraint.id];
  const double result = constraint.expression->evaluate(inputs);
  if (std::isnan(result)) {
    return fail(errc::bad_expression,
                fmt::format("'{}' is neither true nor false", constraint.expression->text()));
  }
  return result != 0;
}

Result<void> Enumeration::derive(const Derivation& derivation, const CompleteShape* shape) {
  std::vector<double> inputs;
  for (const auto& reference : derivation.expression->references()) {
    inputs.push_back(reference.derived
                         ? shape->derived[reference.index]
                         : document_.values.number(combination_.values[reference.index]));
  }
  auto value =
      derived_value(document_.names, derivation.target, derivation.expression->evaluate(inputs));
  if (!value) {
    return yaml::fail_at(value.error().code(), document_.source, derivation.line,
                         fmt::format("{} = {} {} (at {})", document_.names.name(derivation.target),
                                     derivation.expression->text(), value.error().message(),
                                     describe(combination_, slots_of(*derivation.expression),
                                              document_.names, document_.values)));
  }
  assign(derivation.target, document_.values.intern(std::move(*value)), derivation.line);
  return {};
}

std::vector<Slot> Enumeration::varying_slots() const {
  std::vector<Slot> slots;
  const auto add = [&](const std::vector<AxisGroup>& axes) {
    for (const auto& group : axes) {
      if (split_.is_outer(group)) slots.insert(slots.end(), group.slots.begin(), group.slots.end());
    }
  };
  add(block_.settings.axes);
  for (const auto& when : block_.whens)
    add(when.settings.axes);
  std::sort(slots.begin(), slots.end());
  return slots;
}

}  // namespace scanyard::spec
