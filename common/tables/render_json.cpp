#include <nlohmann/json.hpp>

#include "common/tables/render.hpp"

namespace scanyard::tables {
namespace {

using Json = nlohmann::ordered_json;

/// A text of ours that holds JSON, as a value; a text that does not stays a text.
Json embedded(const std::string& text) {
  auto value = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return value.is_discarded() ? Json(text) : value;
}

Json number(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json to_json(const StateCounts& counts) {
  return {{"queued", counts.queued},     {"running", counts.running},
          {"finished", counts.finished}, {"diverged", counts.diverged},
          {"failed", counts.failed},     {"cancelled", counts.cancelled}};
}

Json to_json(const TableCell& cell) {
  const auto& s = cell.summary;
  Json by_state = Json::array();
  for (const auto& at : s.by_state) {
    by_state.push_back({{"state", at.state},
                        {"value", number(at.value)},
                        {"results", at.results},
                        {"solved", at.solved}});
  }
  return {{"cell", s.id.value},
          {"keys", embedded(s.json)},
          {"status", to_text(cell.status)},
          {"value", number(cell.value)},
          {"published", number(s.published)},
          {"difference", number(cell.difference)},
          {"exact_value", number(s.value)},
          {"n", cell.n()},
          {"solved", cell.solved()},
          {"solve_rate_interval", {cell.solve_rate.low, cell.solve_rate.high}},
          {"counts", to_json(s.counts)},
          {"mean", number(s.mean)},
          {"standard_deviation", number(s.standard_deviation)},
          {"minimum", number(s.minimum)},
          {"median", number(s.median)},
          {"maximum", number(s.maximum)},
          {"expected_best_of_5", number(s.expected_best_of_5)},
          {"best", s.best_axes_json.empty() ? Json(nullptr) : embedded(s.best_axes_json)},
          {"best_run", s.best_run ? Json(s.best_run->hex()) : Json(nullptr)},
          {"state_size", s.state > 0 ? Json(s.state) : Json(nullptr)},
          {"by_state", std::move(by_state)}};
}

}  // namespace

std::string render_json(const ResultsTable& table) {
  Json cells = Json::array();
  for (const auto& cell : table.cells) {
    if (cell.status != CellStatus::absent) cells.push_back(to_json(cell));
  }
  const Json object = {{"sweep", table.sweep.value},
                       {"name", table.title},
                       {"state", table.state},
                       {"metric", table.metric},
                       {"protocol", table.protocol},
                       {"selection",
                        {{"maximise", table.selection.maximise},
                         {"average", table.selection.average},
                         {"decimals", table.selection.decimals},
                         {"name", table.selection.name}}},
                       {"counts", to_json(table.counts)},
                       {"row_keys", table.row_keys},
                       {"column_keys", table.column_keys},
                       {"cells", std::move(cells)}};
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace scanyard::tables
