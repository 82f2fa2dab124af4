#include "web/pages/state_plot_html.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text.hpp"
#include "web/format.hpp"
#include "web/html/template.hpp"

namespace scanyard::web {
namespace {

constexpr int value_decimals = 4;

std::string heading_of(const tables::StatePlot& plot) {
  std::string heading = plot.metric + " over state size";
  if (!plot.title.empty()) heading += ": " + plot.title;
  heading[0] =
      static_cast<char>(heading[0] >= 'a' && heading[0] <= 'z' ? heading[0] - 32 : heading[0]);
  return heading;
}

/// One sentence a line, for people who do not see the drawing.
std::string description_of(const tables::StatePlot& plot) {
  std::string text;
  for (const auto& series : plot.series) {
    if (series.points.empty()) continue;
    const auto best = std::max_element(
        series.points.begin(), series.points.end(), [&](const auto& a, const auto& b) {
          return plot.lower_is_better ? a.value > b.value : a.value < b.value;
        });
    text += fmt::format(
        "{}: best {} at state size {}, {}. ", series.label, fixed(best->value, 3),
        canonical_number(best->state),
        series.points.size() == 1
            ? "the only size"
            : fmt::format("{} at {}, the smallest", fixed(series.points.front().value, 3),
                          canonical_number(series.points.front().state)));
  }
  if (!text.empty()) text.pop_back();
  return text;
}

std::string caption_of(const tables::StatePlot& plot) {
  std::string text =
      "A point is the selected value over all results of that size; the selection is the table's.";
  const bool one_size =
      plot.series.size() > 1 &&
      std::all_of(plot.series.begin(), plot.series.end(), [&](auto& line) {
        return line.points.size() == 1 && !plot.series.front().points.empty() &&
               line.points.front().state == plot.series.front().points.front().state;
      });
  if (one_size) text += " All have one size and are drawn side by side.";
  return text;
}

}  // namespace

LinePlot state_plot_drawing(const tables::StatePlot& plot, std::size_t index) {
  LinePlot drawing;
  drawing.id = fmt::format("state-plot-{}", index + 1);
  drawing.title = heading_of(plot);
  drawing.description = description_of(plot);
  drawing.x_label = "state size N = H\u00b7m (log scale)";
  drawing.y_label = plot.metric;
  drawing.x_kind = ScaleKind::logarithmic;
  drawing.x_ticks_at_points = true;
  // An accuracy is shown on its whole range, so that plots can be compared by eye.
  if (plot.lower_is_better) {
    drawing.y_kind = ScaleKind::logarithmic;
    drawing.y_label += " (log scale)";
  } else {
    drawing.y_domain = Range{0, 1.02};  // a little room for the markers of solved tasks
  }
  for (std::size_t i = 0; i < plot.series.size(); ++i) {
    PlotSeries line{plot.series[i].label, plot.series[i].label, i, false, {}};
    for (const auto& point : plot.series[i].points) {
      line.points.push_back(
          {point.state, point.value,
           fmt::format("{}, N = {}: {} (n = {}, {} solved)", plot.series[i].label,
                       canonical_number(point.state), fixed(point.value, value_decimals), point.n,
                       point.solved)});
    }
    drawing.series.push_back(std::move(line));
  }
  return drawing;
}

Html state_plots_html(SweepId sweep, const std::vector<tables::StatePlot>& plots,
                      const Part& part) {
  if (plots.empty()) {
    return Html{
        "<h2>Accuracy over state size</h2>\n<p class=\"faint\">The plot appears with the first "
        "result of a run whose state size is known.</p>"};
  }
  Html all{"<div class=\"plots\">\n"};
  for (std::size_t i = part.first; i < part.end; ++i) {
    Node::List points;
    for (const auto& series : plots[i].series) {
      for (const auto& point : series.points) {
        points.push_back(Node::Object{{"line", series.label},
                                      {"state", canonical_number(point.state)},
                                      {"value", fixed(point.value, value_decimals)},
                                      {"n", std::to_string(point.n)},
                                      {"solved", std::to_string(point.solved)}});
      }
    }
    const LinePlot drawing = state_plot_drawing(plots[i], i);
    all.text += render("state_plot.html",
                       {{"id", drawing.id},
                        {"heading", drawing.title},
                        {"svg", svg_in_page(drawing)},
                        {"caption", caption_of(plots[i])},
                        {"file", fmt::format("/sweeps/{}/plots/{}.svg", sweep.value, i + 1)},
                        {"metric", plots[i].metric},
                        {"points", std::move(points)}})
                    .text;
  }
  all.text += "</div>\n";
  return all;
}

}  // namespace scanyard::web
