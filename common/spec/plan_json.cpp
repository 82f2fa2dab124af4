#include <nlohmann/json.hpp>

#include "common/spec/plan_render.hpp"

namespace scanyard::spec {
namespace {

using nlohmann::ordered_json;

ordered_json number_or_null(std::optional<double> value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json part_json(const PlanPart& part) {
  return {{"name", part.name},    {"line", part.line},
          {"cells", part.cells},  {"combinations", part.combinations},
          {"runs", part.runs},    {"done", part.done},
          {"open", part.open},    {"failed", part.failed},
          {"new", part.new_runs}, {"packs", part.packs},
          {"flops", part.flops},  {"slot_s", number_or_null(part.slot_s)}};
}

ordered_json selection_json(const Selection& selection) {
  return {{"name", selection.name},
          {"report", to_text(selection.report)},
          {"metric", to_text(selection.metric)},
          {"maximise", selection.maximise},
          {"average", selection.average},
          {"decimals", selection.decimals}};
}

}  // namespace

std::string plan_json(const Plan& plan) {
  ordered_json blocks = ordered_json::array();
  for (const auto& block : plan.blocks)
    blocks.push_back(part_json(block));
  ordered_json done_in = ordered_json::array();
  for (const auto& done : plan.done_in) {
    done_in.push_back({{"sweep", done.sweep.value}, {"name", done.name}, {"runs", done.runs}});
  }
  ordered_json total = part_json(plan.total);
  total.erase("name");
  total.erase("line");
  const ordered_json json = {
      {"name", plan.name},
      {"description", plan.description},
      {"source", plan.options.source},
      {"selection", selection_json(plan.selection)},
      {"total", total},
      {"blocks", blocks},
      {"shapes", plan.shapes},
      {"duplicates", plan.duplicates},
      {"known_from", plan.options.known_from.empty() ? ordered_json(nullptr)
                                                     : ordered_json(plan.options.known_from)},
      {"done_in", done_in},
      {"slots", plan.options.slots},
      {"max_replicas", plan.options.max_replicas},
      {"flops_per_s", plan.options.flops_per_s},
      {"replica_bytes_max", plan.replica_bytes_max},
      {"shapes_too_large", plan.shapes_too_large}};
  return json.dump(2) + '\n';
}

}  // namespace scanyard::spec
