#include "common/tables/state_plot.hpp"

#include <algorithm>
#include <map>

#include "common/tables/cell_statistics.hpp"
#include "common/tables/headings.hpp"
#include "common/tables/results_table.hpp"

namespace scanyard::tables {
namespace {

/// The size itself is the x axis, so these keys name no series.
bool is_size(const std::string& key) {
  return key == "hidden" || key == "width" || key == "state";
}

struct PlotKeys {
  std::vector<std::string> plot, series;
};

/// What varies is split: what is learned tells plots apart, what learns it tells series apart.
PlotKeys split_keys(std::span<const CellSummary> cells) {
  PlotKeys keys;
  const auto layout = choose_layout({}, cells);
  for (const auto* side : {&layout.rows, &layout.columns}) {
    for (const auto& key : *side) {
      if (is_size(key)) continue;
      (describes_task(key) ? keys.plot : keys.series).push_back(key);
    }
  }
  return keys;
}

template <class Items>
auto& find_or_add(Items& items, std::map<std::string, std::size_t>& index, const std::string& key) {
  const auto [at, added] = index.try_emplace(key, items.size());
  if (added) items.emplace_back();
  return items[at->second];
}

/// By rising size; of two values at one size the better one.
void put_in_order(std::vector<StatePoint>& points, spec::Metric metric) {
  std::stable_sort(points.begin(), points.end(), [&](const auto& a, const auto& b) {
    if (a.state != b.state) return a.state < b.state;
    return is_better(a.value, b.value, metric);
  });
  const auto same = [](const auto& a, const auto& b) { return a.state == b.state; };
  points.erase(std::unique(points.begin(), points.end(), same), points.end());
}

}  // namespace

std::vector<StatePlot> build_state_plots(const SweepDetail& sweep,
                                         std::span<const CellSummary> cells) {
  const PlotKeys keys = split_keys(cells);
  const auto metric = sweep.selection.metric;
  std::vector<StatePlot> plots;
  std::map<std::string, std::size_t> plot_index;
  std::map<std::string, std::map<std::string, std::size_t>> series_index;
  for (const auto& cell : cells) {
    const KeyTexts texts(cell.json);
    const std::string title = texts.label(keys.plot);
    for (const auto& at : cell.by_state) {
      if (!at.value || at.state <= 0) continue;
      auto& plot = find_or_add(plots, plot_index, title);
      plot.title = title;
      plot.metric = metric_text(metric);
      plot.lower_is_better = metric == spec::Metric::perplexity;
      const std::string label = texts.label(keys.series);
      auto& series = find_or_add(plot.series, series_index[title], label);
      series.label = label;
      series.points.push_back({at.state, *at.value, cell.id, at.results, at.solved});
    }
  }
  for (auto& plot : plots) {
    for (auto& series : plot.series)
      put_in_order(series.points, metric);
  }
  return plots;
}

}  // namespace scanyard::tables
