#include "coordinator/service/plan_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "common/tables/results_table.hpp"
#include "common/text.hpp"

namespace scanyard::service {
namespace {

using Json = nlohmann::ordered_json;

std::string count(std::uint64_t value) {
  return with_thousands(static_cast<long long>(value));
}

std::string flops_text(double flops) {
  static constexpr std::pair<double, const char*> units[] = {
      {1e18, "EFLOP"}, {1e15, "PFLOP"}, {1e12, "TFLOP"}, {1e9, "GFLOP"}, {1e6, "MFLOP"}};
  for (const auto& [unit, name] : units) {
    if (flops >= unit) return fmt::format("{:.3g} {}", flops / unit, name);
  }
  return fmt::format("{:.0f} FLOP", flops);
}

/// "2 queued or running for another sweep, 1 failed before": what the counts leave out when it is
/// zero.
std::string states_text(const spec::PlanPart& part) {
  std::string text = fmt::format("{} new", count(part.new_runs));
  if (part.done > 0) text += fmt::format(", {} done already", count(part.done));
  if (part.open > 0) text += fmt::format(", {} open already", count(part.open));
  if (part.failed > 0) text += fmt::format(", {} failed or cancelled before", count(part.failed));
  return text;
}

std::string cost_text(const spec::Plan& plan) {
  std::string text = fmt::format("at most {} (no run ends early)", flops_text(plan.total.flops));
  if (plan.total.slot_s) {
    const double slots = static_cast<double>(std::max<std::int64_t>(1, plan.options.slots));
    text += fmt::format(", {} of slot time, {} on {} slot{}", human_duration(*plan.total.slot_s),
                        human_duration(*plan.total.slot_s / slots), plan.options.slots,
                        plan.options.slots == 1 ? "" : "s");
  } else {
    text += "; no run is done yet, so its time is not known (--gflops says how fast a slot is)";
  }
  return text;
}

Json part_json(const spec::PlanPart& part) {
  Json json = {{"name", part.name},     {"cells", part.cells},  {"combinations", part.combinations},
               {"runs", part.runs},     {"done", part.done},    {"open", part.open},
               {"failed", part.failed}, {"new", part.new_runs}, {"packs", part.packs},
               {"flops", part.flops}};
  json["slot_s"] = part.slot_s ? Json(*part.slot_s) : Json(nullptr);
  return json;
}

}  // namespace

std::string plan_text(const spec::Plan& plan, const std::string& source) {
  std::string text = fmt::format("{} ({}){}\n", plan.name, source,
                                 plan.description.empty() ? "" : ": " + plan.description);
  if (plan.blocks.size() > 1) {
    for (const auto& block : plan.blocks) {
      text += fmt::format("  {:<24} {:>7} cells {:>9} runs  {}\n",
                          block.name.empty() ? fmt::format("line {}", block.line) : block.name,
                          count(block.cells), count(block.runs), states_text(block));
    }
  }
  text += fmt::format("cells     {}\n", count(plan.total.cells));
  text += fmt::format("runs      {}: {}\n", count(plan.total.runs), states_text(plan.total));
  for (const auto& sweep : plan.done_in) {
    text += fmt::format("          {} of them done in sweep {}{}\n", count(sweep.runs),
                        sweep.sweep.value, sweep.name.empty() ? "" : " (" + sweep.name + ")");
  }
  if (plan.duplicates > 0) {
    text += fmt::format("          {} combinations named a run that another one had named\n",
                        count(plan.duplicates));
  }
  text += fmt::format("packs     {} of up to {} runs, from {} shapes\n", count(plan.total.packs),
                      plan.options.max_replicas, count(plan.shapes));
  text += fmt::format("memory    {:.1f} MB for the largest run\n", plan.replica_bytes_max / 1e6);
  if (plan.shapes_too_large > 0) {
    text += fmt::format("          {} shapes do not fit into a slot of {:.1f} MB\n",
                        count(plan.shapes_too_large), plan.options.memory_bytes / 1e6);
  }
  text += fmt::format("cost      {}\n", cost_text(plan));
  text += fmt::format("selection {}\n", tables::protocol_text(plan.selection));
  text += plan.options.known_from.empty()
              ? "No coordinator was asked: all runs count as new (--home, --join or --database "
                "names one).\n"
              : fmt::format("What is done was asked of {}.\n", plan.options.known_from);
  return text;
}

std::string plan_json(const spec::Plan& plan, const std::string& source) {
  Json blocks = Json::array();
  for (const auto& block : plan.blocks)
    blocks.push_back(part_json(block));
  Json done_in = Json::array();
  for (const auto& sweep : plan.done_in)
    done_in.push_back({{"sweep", sweep.sweep.value}, {"name", sweep.name}, {"runs", sweep.runs}});
  const Json json = {{"name", plan.name},
                     {"description", plan.description},
                     {"source", source},
                     {"known_from", plan.options.known_from},
                     {"total", part_json(plan.total)},
                     {"blocks", std::move(blocks)},
                     {"done_in", std::move(done_in)},
                     {"shapes", plan.shapes},
                     {"duplicates", plan.duplicates},
                     {"replica_bytes_max", plan.replica_bytes_max},
                     {"shapes_too_large", plan.shapes_too_large},
                     {"slots", plan.options.slots},
                     {"max_replicas", plan.options.max_replicas},
                     {"flops_per_s", plan.options.flops_per_s}};
  return json.dump(2);
}

std::string run_list_text(const spec::Expansion& expansion, std::span<const KnownRun> known) {
  std::vector<std::string_view> states(expansion.runs.size(), "new");
  for (const auto& run : known)
    states[run.index] = to_text(run.state);
  std::string text;
  for (std::size_t i = 0; i < expansion.runs.size(); ++i) {
    const auto& run = expansion.runs[i];
    text += fmt::format("{}\t{}\t{}\t{}\n", run.id.hex(), states[i],
                        expansion.shapes[run.shape].json, run.replica_json);
  }
  return text;
}

}  // namespace scanyard::service
