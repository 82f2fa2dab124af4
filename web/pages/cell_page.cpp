#include "web/pages/cell_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "common/text.hpp"
#include "web/html/template.hpp"
#include "web/pages/curves.hpp"
#include "web/pages/parts.hpp"
#include "web/pages/results_table_html.hpp"

namespace scanyard::web {
namespace {

/// Names of all axes that some run has, in the order in which they are met.
std::vector<std::string> axis_names(const std::vector<CellRun>& runs) {
  std::vector<std::string> names;
  std::set<std::string> known;
  for (const auto& run : runs) {
    for (const auto& [name, value] : json_fields(run.axes_json)) {
      if (known.insert(name).second) names.push_back(name);
    }
  }
  return names;
}

std::string field(const Fields& fields, const std::string& name) {
  for (const auto& [key, value] : fields) {
    if (key == name) return value;
  }
  return "\u2013";
}

Node run_row(const CellRun& run, const std::vector<std::string>& axes, const CellView& view) {
  Node::List values;
  const Fields fields = json_fields(run.axes_json);
  for (const auto& axis : axes)
    values.push_back(Node::Object{{"text", field(fields, axis)}});
  const bool has_result = run.state == RunState::finished || run.state == RunState::diverged;
  return Node::Object{{"id", run.run.hex()},
                      {"short_id", run.run.short_hex()},
                      {"best_run", view.cell.summary.best_run == run.run},
                      {"axes_values", std::move(values)},
                      {"state", state_chip(to_text(run.state))},
                      {"run_value", run.value    ? fixed(*run.value, view.decimals + 1)
                                    : has_result ? std::string("none")
                                                 : std::string("\u2013")},
                      {"epoch", run.value ? std::to_string(run.epoch) : std::string("\u2013")},
                      {"solved", !has_result  ? "\u2013"
                                 : run.solved ? "yes"
                                              : "no"}};
}

Html numbers_of(const CellView& view) {
  const CellSummary& cell = view.cell.summary;
  const auto number = [&](const std::optional<double>& value) {
    return value ? fixed(*value, view.decimals + 1) : std::string("none yet");
  };
  Fields fields = {
      {"mean", number(cell.mean)},
      {"standard deviation", number(cell.standard_deviation)},
      {"lowest", number(cell.minimum)},
      {"median", number(cell.median)},
      {"highest", number(cell.maximum)},
      {"solved (95 % interval)", solve_rate_text(view.cell)},
      {"results n",
       fmt::format("{} of {}", cell.counts.done(), counted(cell.counts.total(), "run", "runs"))},
  };
  if (cell.expected_best_of_5)
    fields.emplace_back("best of 5, expected", number(cell.expected_best_of_5));
  if (cell.state > 0) fields.emplace_back("state size N", canonical_number(cell.state));
  return facts(fields);
}

std::string value_text(const tables::TableCell& cell) {
  return cell.status == tables::CellStatus::open ? "no result yet" : cell.value_text;
}

std::string difference_text(const tables::TableCell& cell) {
  if (cell.difference_text.empty()) return "open";
  std::string text = cell.difference_text;
  if (text.starts_with('-')) text.replace(0, 1, "\u2212");
  return text;
}

std::string cell_label(const CellSummary& cell) {
  const std::string label = configuration_label(cell.label);
  return label.empty() ? "The only cell" : label;
}

}  // namespace

std::vector<CellRun> best_first(std::vector<CellRun> runs, bool lower_is_better) {
  std::stable_sort(runs.begin(), runs.end(), [&](const CellRun& a, const CellRun& b) {
    if (a.value.has_value() != b.value.has_value()) return a.value.has_value();
    if (a.value && *a.value != *b.value)
      return lower_is_better ? *a.value < *b.value : *a.value > *b.value;
    // Running before diverged, failed, cancelled and at last queued: what has news comes first.
    const auto rank = [](RunState state) {
      switch (state) {
        case RunState::running:
          return 0;
        case RunState::finished:
          return 1;
        case RunState::diverged:
          return 2;
        case RunState::failed:
          return 3;
        case RunState::cancelled:
          return 4;
        case RunState::queued:
          return 5;
      }
      return 6;
    };
    return std::tuple(rank(a.state), a.axes_json) < std::tuple(rank(b.state), b.axes_json);
  });
  return runs;
}

Page cell_page(const CellView& view) {
  const CellSummary& cell = view.cell.summary;
  const std::vector<CellRun> runs = best_first(view.runs, view.lower_is_better);
  const std::vector<std::string> axes = axis_names(runs);
  Node::List axis_nodes, rows;
  for (const auto& axis : axes)
    axis_nodes.push_back(Node::Object{{"name", axis}});
  for (std::size_t i = 0; i < std::min(runs.size(), cell_runs_listed_max); ++i)
    rows.push_back(run_row(runs[i], axes, view));
  const CurvesDrawing curves = cell_curves_drawing(view.curves, cell.best_run);
  const std::string listed =
      runs.size() <= cell_runs_listed_max
          ? "Best first."
          : fmt::format("The best {} of {}; the JSON below has all.", cell_runs_listed_max,
                        counted(runs.size(), "run", "runs"));
  const std::string label = cell_label(cell);
  const Html content =
      render("cell.html",
             {{"sweep", std::to_string(view.sweep.id.value)},
              {"sweep_name", view.sweep.name},
              {"cell", std::to_string(cell.id.value)},
              {"label", label},
              {"value", value_text(view.cell)},
              {"metric", view.metric},
              {"published", !view.cell.published_text.empty()},
              {"published_text", view.cell.published_text},
              {"difference", difference_text(view.cell)},
              {"best", cell.best_run.has_value()},
              {"best_link", cell.best_run
                                ? link("/runs/" + cell.best_run->hex(),
                                       "the run " + fields_text(json_fields(cell.best_axes_json)))
                                : Html{}},
              {"counts", counts_list(cell.counts)},
              {"protocol", view.protocol},
              {"numbers", numbers_of(view)},
              {"curves", !curves.accuracy.series.empty()},
              {"accuracy", svg_in_page(curves.accuracy)},
              {"loss", svg_in_page(curves.train_loss)},
              {"curves_caption", curves.caption},
              {"runs_caption", listed},
              {"axes", std::move(axis_nodes)},
              {"runs", std::move(rows)},
              {"keys", facts(json_fields(cell.json))}});
  return {label + " in " + view.sweep.name, Section::sweeps, content};
}

}  // namespace scanyard::web
