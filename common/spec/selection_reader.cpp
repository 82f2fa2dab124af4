#include "common/spec/selection_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/assert.hpp"
#include "common/spec/errc.hpp"
#include "common/spec/grammar.hpp"
#include "common/yaml/errc.hpp"
#include "common/yaml/strict.hpp"

namespace scanyard::spec {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

void remove_all(std::vector<std::string>& from, const std::vector<std::string>& names) {
  std::erase_if(from, [&](const std::string& name) { return contains(names, name); });
}

std::vector<std::string> strings(std::span<const std::string_view> texts) {
  return {texts.begin(), texts.end()};
}

/// Reads a list of keys of a run, or a single one.
Result<void> read_keys(yaml::Mapping& fields, const std::string& source, std::string_view field,
                       const Names& names, ErrorCode code, bool helpers_allowed,
                       std::vector<std::string>& keys) {
  const yaml::Node* node = fields.ask(field);
  if (node == nullptr) return {};
  std::vector<const yaml::Node*> items;
  if (node->is_sequence()) {
    for (const auto& item : node->items)
      items.push_back(&item);
  } else {
    items.push_back(node);
  }
  keys.clear();
  for (const auto* item : items) {
    std::string name;
    if (auto done = yaml::read_scalar(*item, fields.place(field), name); !done) return done;
    const auto slot = names.slot(name);
    if (!slot) {
      return yaml::fail_at(
          yaml::errc::unknown_key, source, item->line,
          fmt::format("'{}' names '{}', which is no key of a run{}", fields.place(field).key, name,
                      yaml::suggestion(name, names.slot_names())));
    }
    if (names.is_helper(*slot) && !helpers_allowed) {
      return yaml::fail_at(code, source, item->line,
                           fmt::format("'{}' names '{}', which is only a helper of this file; name "
                                       "the key that is derived from it",
                                       fields.place(field).key, name));
    }
    if (contains(keys, name)) {
      return yaml::fail_at(code, source, item->line,
                           fmt::format("'{}' names '{}' twice", fields.place(field).key, name));
    }
    keys.push_back(std::move(name));
  }
  return {};
}

/// Errors where one key stands in both lists.
Result<void> check_disjoint(const std::string& source, int line, ErrorCode code,
                            std::string_view first_field, const std::vector<std::string>& first,
                            std::string_view second_field, const std::vector<std::string>& second) {
  for (const auto& name : first) {
    if (!contains(second, name)) continue;
    return yaml::fail_at(
        code, source, line,
        fmt::format("'{}' stands under both '{}' and '{}'", name, first_field, second_field));
  }
  return {};
}

}  // namespace

Selection default_selection(const Vocabulary& vocabulary) {
  Selection selection;
  for (const auto& key : vocabulary.keys()) {
    const bool number = key.type == ValueType::integer || key.type == ValueType::real;
    if (number && key.scope == KeyScope::replica) selection.maximise.push_back(key.name);
  }
  return selection;
}

Result<void> read_selection(const std::string& source, const yaml::Node& node, const Names& names,
                            Selection& selection) {
  yaml::Mapping fields(source, node, "select");
  std::string report(to_text(selection.report)), metric(to_text(selection.metric));
  fields.choice("report", report, strings(reported_epoch_texts()));
  fields.choice("metric", metric, strings(metric_texts()));
  std::vector<std::string> maximise = selection.maximise, average = selection.average;
  fields.note(node,
              read_keys(fields, source, "maximise", names, errc::bad_selection, false, maximise));
  fields.note(node,
              read_keys(fields, source, "average", names, errc::bad_selection, false, average));
  fields.optional("decimals", selection.decimals, {0, decimals_max});
  if (auto done = fields.finish(); !done) return done;

  if (!fields.has("maximise")) remove_all(maximise, average);
  if (!fields.has("average")) remove_all(average, maximise);
  if (auto done = check_disjoint(source, node.line, errc::bad_selection, "maximise", maximise,
                                 "average", average);
      !done) {
    return done;
  }
  const auto known_report = reported_epoch_from_text(report);
  const auto known_metric = metric_from_text(metric);
  SCANYARD_ASSERT(known_report && known_metric, "choice() accepts only these texts");
  selection.report = *known_report;
  selection.metric = *known_metric;
  selection.maximise = std::move(maximise);
  selection.average = std::move(average);
  return {};
}

Result<TableLayout> read_table(const std::string& source, const yaml::Node& node,
                               const Names& names) {
  yaml::Mapping fields(source, node, "table");
  TableLayout layout;
  fields.note(node, read_keys(fields, source, "rows", names, errc::bad_table, true, layout.rows));
  fields.note(node,
              read_keys(fields, source, "columns", names, errc::bad_table, true, layout.columns));
  if (auto done = fields.finish(); !done) return propagate(done);
  if (auto done = check_disjoint(source, node.line, errc::bad_table, "rows", layout.rows, "columns",
                                 layout.columns);
      !done) {
    return propagate(done);
  }
  return layout;
}

}  // namespace scanyard::spec
