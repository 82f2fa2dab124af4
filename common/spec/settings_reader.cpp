#include "common/spec/settings_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/assert.hpp"
#include "common/spec/errc.hpp"
#include "common/yaml/errc.hpp"
#include "common/yaml/strict.hpp"

namespace scanyard::spec {

bool AxisGroup::has(Slot slot) const {
  return std::find(slots.begin(), slots.end(), slot) != slots.end();
}

std::optional<int> Settings::line_of(Slot slot) const {
  for (const auto& one : fixed) {
    if (one.slot == slot) return one.line;
  }
  for (const auto& group : axes) {
    if (group.has(slot)) return group.line;
  }
  for (const auto& derivation : derivations) {
    if (derivation.target == slot) return derivation.line;
  }
  return std::nullopt;
}

Result<void> SettingsReader::read(Form form, const yaml::Node& node, Settings& settings) const {
  switch (form) {
    case Form::fixed:
      return read_fixed(node, settings);
    case Form::grid:
      return read_grid(node, settings);
    case Form::zip:
      return read_zip(node, settings);
    case Form::derive:
      return read_derive(node, settings);
    case Form::seeds:
      return read_seeds_axis(node, settings);
    default:
      break;
  }
  SCANYARD_ASSERT(false, "only forms that set values come here");
}

Result<void> SettingsReader::expect_mapping(const yaml::Node& node, const std::string& path) const {
  if (node.is_mapping()) return {};
  return yaml::fail_at(
      yaml::errc::wrong_type, reader_.source, node.line,
      fmt::format("'{}' must be a mapping (key: value), not {}", path, yaml::describe(node)));
}

Result<Slot> SettingsReader::slot_of(const yaml::Entry& entry, const std::string& path) const {
  if (const auto slot = reader_.names.slot(entry.key)) return *slot;
  std::string hint = yaml::suggestion(entry.key, reader_.names.slot_names());
  if (reader_.names.derived(entry.key)) {
    hint = fmt::format("; it is no key of a run and no 'derive' uses it");
  } else if (find_construct(entry.key, in_block) != nullptr) {
    hint = fmt::format("; '{}' stands beside '{}', not under it", entry.key, path);
  }
  return yaml::fail_at(yaml::errc::unknown_key, reader_.source, entry.line,
                       fmt::format("unknown key '{}' under '{}'{}", entry.key, path, hint));
}

Result<Slot> SettingsReader::settable_slot(const yaml::Entry& entry,
                                           const std::string& path) const {
  auto slot = slot_of(entry, path);
  if (!slot || reader_.names.seed() != *slot) return slot;
  return yaml::fail_at(
      errc::misplaced_seed, reader_.source, entry.line,
      fmt::format("seeds are an axis of their own; instead of '{}' under '{}' write "
                  "'seeds: 5' or 'seeds: [1, 2, 3]' beside it",
                  entry.key, path));
}

Result<void> SettingsReader::check_new(const Settings& settings, Slot slot, int line) const {
  const auto earlier = settings.line_of(slot);
  if (!earlier) return {};
  return yaml::fail_at(
      errc::set_twice, reader_.source, line,
      fmt::format("'{}' is set already, in line {}", reader_.names.name(slot), *earlier));
}

Result<void> SettingsReader::read_fixed(const yaml::Node& node, Settings& settings) const {
  if (auto done = expect_mapping(node, "fixed"); !done) return done;
  for (const auto& entry : node.entries) {
    auto slot = settable_slot(entry, "fixed");
    if (!slot) return propagate(slot);
    if (auto done = check_new(settings, *slot, entry.line); !done) return done;
    if (entry.value.is_sequence()) {
      return yaml::fail_at(
          yaml::errc::wrong_type, reader_.source, entry.line,
          fmt::format("'fixed.{}' must be one value; a list belongs under 'grid'", entry.key));
    }
    auto value = read_value(reader_, entry.value, *slot, "fixed." + entry.key);
    if (!value) return propagate(value);
    settings.fixed.push_back({*slot, entry.line, *value});
  }
  return {};
}

Result<void> SettingsReader::read_grid(const yaml::Node& node, Settings& settings) const {
  if (auto done = expect_mapping(node, "grid"); !done) return done;
  for (const auto& entry : node.entries) {
    auto slot = settable_slot(entry, "grid");
    if (!slot) return propagate(slot);
    if (auto done = check_new(settings, *slot, entry.line); !done) return done;
    auto values = read_axis(reader_, entry.value, *slot, "grid." + entry.key);
    if (!values) return propagate(values);
    settings.axes.push_back({entry.line, {*slot}, std::move(*values)});
  }
  return {};
}

Result<void> SettingsReader::read_zip(const yaml::Node& node, Settings& settings) const {
  if (!node.is_sequence()) return read_zip_group(node, settings);
  for (const auto& group : node.items) {
    if (auto done = read_zip_group(group, settings); !done) return done;
  }
  return {};
}

Result<void> SettingsReader::read_zip_group(const yaml::Node& node, Settings& settings) const {
  if (auto done = expect_mapping(node, "zip"); !done) return done;
  if (node.entries.empty()) return {};
  AxisGroup group{node.entries.front().line, {}, {}};
  std::vector<std::vector<ValueId>> lists;
  for (const auto& entry : node.entries) {
    auto slot = settable_slot(entry, "zip");
    if (!slot) return propagate(slot);
    if (auto done = check_new(settings, *slot, entry.line); !done) return done;
    auto values = read_axis(reader_, entry.value, *slot, "zip." + entry.key, Repeats::allowed);
    if (!values) return propagate(values);
    if (!lists.empty() && values->size() != lists.front().size()) {
      return yaml::fail_at(
          errc::bad_zip, reader_.source, entry.line,
          fmt::format("'zip.{}' has {} values and 'zip.{}' has {}; lists that run "
                      "side by side have one length",
                      entry.key, values->size(), node.entries.front().key, lists.front().size()));
    }
    group.slots.push_back(*slot);
    lists.push_back(std::move(*values));
  }
  std::set<std::vector<ValueId>> seen;
  for (std::size_t i = 0; i < lists.front().size(); ++i) {
    std::vector<ValueId> point;
    for (const auto& list : lists)
      point.push_back(list[i]);
    group.values.insert(group.values.end(), point.begin(), point.end());
    if (!seen.insert(std::move(point)).second) {
      return yaml::fail_at(
          errc::bad_axis, reader_.source, group.line,
          fmt::format("the values at position {} of this 'zip' stand there already", i + 1));
    }
  }
  settings.axes.push_back(std::move(group));
  return {};
}

Result<void> SettingsReader::read_derive(const yaml::Node& node, Settings& settings) const {
  if (auto done = expect_mapping(node, "derive"); !done) return done;
  for (const auto& entry : node.entries) {
    auto slot = settable_slot(entry, "derive");
    if (!slot) return propagate(slot);
    if (auto done = check_new(settings, *slot, entry.line); !done) return done;
    if (reader_.names.type(*slot) == ValueType::text) {
      return yaml::fail_at(
          errc::bad_expression, reader_.source, entry.line,
          fmt::format("'{}' is text and cannot be derived; use 'when'", entry.key));
    }
    auto expression =
        read_expression(entry.value, "derive." + entry.key, ExpressionUse::derivation);
    if (!expression) return propagate(expression);
    settings.derivations.push_back({*slot, entry.line, std::move(*expression)});
  }
  return {};
}

Result<void> SettingsReader::read_seeds_axis(const yaml::Node& node, Settings& settings) const {
  const auto slot = reader_.names.seed();
  if (!slot) {
    return yaml::fail_at(yaml::errc::unknown_key, reader_.source, node.line,
                         "nothing that can be run here has a seed");
  }
  auto values = read_seeds(reader_, node, *slot);
  if (!values) return propagate(values);
  settings.axes.push_back({node.line, {*slot}, std::move(*values)});
  return {};
}

Result<Settings> SettingsReader::read_include(const yaml::Node& node) const {
  if (auto done = expect_mapping(node, "include"); !done) return propagate(done);
  Settings settings;
  for (const auto& entry : node.entries) {
    auto slot = slot_of(entry, "include");
    if (!slot) return propagate(slot);
    auto values = read_axis(reader_, entry.value, *slot, "include." + entry.key);
    if (!values) return propagate(values);
    settings.axes.push_back({entry.line, {*slot}, std::move(*values)});
  }
  if (settings.axes.empty()) {
    return yaml::fail_at(yaml::errc::missing_key, reader_.source, node.line,
                         "'include' names no key, so there is nothing to include");
  }
  return settings;
}

Result<Condition> SettingsReader::read_condition(const yaml::Node& node,
                                                 const std::string& path) const {
  Condition condition;
  if (node.is_scalar()) {
    auto expression = read_expression(node, path, ExpressionUse::condition);
    if (!expression) return propagate(expression);
    condition.expression = std::move(*expression);
    return condition;
  }
  if (!node.is_mapping() || node.entries.empty()) {
    return yaml::fail_at(yaml::errc::wrong_type, reader_.source, node.line,
                         fmt::format("'{}' must be values of keys, such as {{model: lstm}}, or an "
                                     "expression, not {}",
                                     path, node.is_mapping() ? "empty" : yaml::describe(node)));
  }
  for (const auto& entry : node.entries) {
    auto slot = slot_of(entry, path);
    if (!slot) return propagate(slot);
    auto values = read_axis(reader_, entry.value, *slot, path + "." + entry.key);
    if (!values) return propagate(values);
    condition.equals.push_back({*slot, std::move(*values)});
  }
  return condition;
}

Result<std::shared_ptr<Expression>> SettingsReader::read_expression(const yaml::Node& node,
                                                                    const std::string& path,
                                                                    ExpressionUse use) const {
  std::string text;
  if (auto done = yaml::read_scalar(node, {reader_.source, path}, text); !done) {
    return propagate(done);
  }
  auto expression = Expression::compile(text, use, reader_.names, reader_.values);
  if (expression) return expression;
  return yaml::fail_at(expression.error().code(), reader_.source, node.line,
                       fmt::format("'{}' is '{}': {}", path, text, expression.error().message()));
}

}  // namespace scanyard::spec
