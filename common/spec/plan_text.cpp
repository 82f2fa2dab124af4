#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "common/spec/plan_render.hpp"
#include "common/text.hpp"

namespace scanyard::spec {
namespace {

std::string grouped(std::uint64_t count) {
  return with_thousands(static_cast<long long>(count));
}

/// "1 shape", "2,000 shapes".
std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", grouped(count), noun, count == 1 ? "" : "s");
}

/// Rows of texts with the first column to the left and the others to the right.
class Columns {
 public:
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  std::string render() const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_) {
      widths.resize(std::max(widths.size(), row.size()), 0);
      for (std::size_t i = 0; i < row.size(); ++i)
        widths[i] = std::max(widths[i], row[i].size());
    }
    std::string text;
    for (const auto& row : rows_) {
      std::string line;
      for (std::size_t i = 0; i < row.size(); ++i) {
        line += i == 0 ? fmt::format("{:<{}}", row[i], widths[i])
                       : fmt::format("  {:>{}}", row[i], widths[i]);
      }
      line.resize(line.find_last_not_of(' ') + 1);
      text += line + '\n';
    }
    return text;
  }

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// What the table says beside the columns that it always has.
struct Shown {
  bool combinations;  ///< only where several name one run
  bool known;
};

std::vector<std::string> cells_of(const PlanPart& part, Shown shown) {
  std::vector<std::string> row{part.name, grouped(part.cells)};
  if (shown.combinations) row.push_back(grouped(part.combinations));
  row.push_back(grouped(part.runs));
  if (shown.known) {
    row.push_back(grouped(part.done));
    row.push_back(grouped(part.open));
    row.push_back(grouped(part.failed));
    row.push_back(grouped(part.new_runs));
  }
  row.push_back(grouped(part.packs));
  row.push_back(with_prefix(part.flops, "FLOP"));
  row.push_back(part.slot_s ? human_duration(*part.slot_s) : "?");
  return row;
}

std::string table(const Plan& plan) {
  const Shown shown{plan.total.combinations != plan.total.runs, !plan.options.known_from.empty()};
  std::vector<std::string> head{"block", "cells"};
  if (shown.combinations) head.emplace_back("combinations");
  head.emplace_back("runs");
  if (shown.known) head.insert(head.end(), {"done", "open", "failed", "new"});
  head.insert(head.end(), {"packs", "cost", "slot time"});
  Columns columns;
  columns.add(head);
  if (plan.blocks.size() > 1) {
    for (const auto& block : plan.blocks)
      columns.add(cells_of(block, shown));
  }
  columns.add(cells_of(plan.total, shown));
  return columns.render();
}

std::string done_text(const Plan& plan) {
  if (plan.options.known_from.empty()) {
    return "Nothing was asked about runs that are done already.\n";
  }
  if (plan.done_in.empty())
    return fmt::format("Nothing of it is done in {}.\n", plan.options.known_from);
  std::string text;
  for (const auto& done : plan.done_in) {
    const std::string name = done.name.empty() ? "" : fmt::format(" ({})", done.name);
    text += fmt::format("{}{} in sweep {}{}", text.empty() ? "" : ", ", grouped(done.runs),
                        done.sweep.value, name);
  }
  return fmt::format("Done already in {}: {}.\n", plan.options.known_from, text);
}

std::string packs_text(const Plan& plan) {
  std::string text = fmt::format("Packs: runs of one shape ({}), up to {} together",
                                 counted(plan.shapes, "shape"), plan.options.max_replicas);
  text += fmt::format("; a run of the largest takes about {}.\n",
                      with_prefix(plan.replica_bytes_max, "B"));
  if (plan.shapes_too_large > 0) {
    text += fmt::format("Warning: {} too large for a slot's {}, even with one run.\n",
                        counted(plan.shapes_too_large, "shape"),
                        with_prefix(plan.options.memory_bytes, "B"));
  }
  return text;
}

std::string time_text(const Plan& plan) {
  if (plan.total.new_runs + plan.total.failed == 0) return "Nothing is left to train.\n";
  if (!plan.total.slot_s) {
    return "Time: not known yet; --gflops gives a slot's speed, or runs that are done do.\n";
  }
  const double wall = *plan.total.slot_s / double(std::max<std::int64_t>(1, plan.options.slots));
  return fmt::format("Time: {} on {} {}, if no run stops early.\n", human_duration(wall),
                     plan.options.slots, plan.options.slots == 1 ? "slot" : "slots");
}

}  // namespace

std::string with_prefix(double value, std::string_view unit) {
  static constexpr std::array<std::string_view, 9> prefixes = {"",  "k", "M", "G", "T",
                                                               "P", "E", "Z", "Y"};
  std::size_t prefix = 0;
  while (std::abs(value) >= 999.5 && prefix + 1 < prefixes.size()) {
    value /= 1000;
    ++prefix;
  }
  const int decimals = std::abs(value) >= 99.95 || prefix == 0 ? 0
                       : std::abs(value) >= 9.995              ? 1
                                                               : 2;
  return fmt::format("{:.{}f} {}{}", value, decimals, prefixes[prefix], unit);
}

std::string plan_text(const Plan& plan) {
  std::string text = plan.name;
  if (!plan.options.source.empty()) text += fmt::format(" ({})", plan.options.source);
  text += '\n';
  if (!plan.description.empty()) text += plan.description + '\n';
  text += '\n' + table(plan) + '\n';
  if (plan.duplicates > 0) {
    text += fmt::format("{} combinations name a run that another names too.\n",
                        grouped(plan.duplicates));
  }
  text += done_text(plan) + packs_text(plan) + time_text(plan);
  return text;
}

}  // namespace scanyard::spec
