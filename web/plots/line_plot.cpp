#include "web/plots/line_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/assert.hpp"
#include "common/text.hpp"
#include "web/assets.hpp"
#include "web/plots/end_labels.hpp"
#include "web/plots/legend.hpp"

namespace scanyard::web {
namespace {

constexpr double margin_left = 62, margin_bottom = 46, margin_top = 12, margin_right_min = 18;
constexpr int x_ticks_max = 9, y_ticks = 6;
constexpr double x_tick_room = 36;  ///< at least, for the label of one mark
constexpr double beside_gap = 14;   ///< between points of one place that are drawn side by side
constexpr int narrow_width = 360, narrow_height = 300;
constexpr double narrow_legend_left = 8;  ///< long names need the whole width

enum class Form { wide, narrow, file };

/// Where the parts of one plot lie.
struct Frame {
  Scale x, y;
  double left, right, top, bottom;
};

bool drawable(const LinePlot& plot, const PlotPoint& point) {
  const auto fits = [](ScaleKind kind, double value) {
    return std::isfinite(value) && (kind == ScaleKind::linear || value > 0);
  };
  return fits(plot.x_kind, point.x) && fits(plot.y_kind, point.y);
}

Range domain(const LinePlot& plot, bool of_x) {
  if (of_x && plot.x_domain) return *plot.x_domain;
  if (!of_x && plot.y_domain) return *plot.y_domain;
  std::vector<double> values;
  for (const auto& series : plot.series) {
    for (const auto& point : series.points) {
      if (drawable(plot, point)) values.push_back(of_x ? point.x : point.y);
    }
  }
  return domain_of(values, of_x ? plot.x_kind : plot.y_kind, of_x ? 0.02 : 0.05);
}

Frame make_frame(const LinePlot& plot, double legend_height) {
  double label_width = 0;
  for (const auto& series : plot.series)
    label_width = std::max(label_width, text_width(series.end_label));
  const double left = margin_left;
  const double right =
      plot.width - std::max(margin_right_min, label_width > 0 ? label_width + 22 : 0.0);
  const double top = margin_top + legend_height;
  const double bottom = plot.height - margin_bottom;
  return {Scale(plot.x_kind, domain(plot, true), {left, right}),
          Scale(plot.y_kind, domain(plot, false), {bottom, top}),
          left,
          right,
          top,
          bottom};
}

/// The x values of all points that are drawn, ascending, each once.
std::vector<double> distinct_x(const LinePlot& plot) {
  std::vector<double> values;
  for (const auto& series : plot.series) {
    for (const auto& point : series.points) {
      if (drawable(plot, point)) values.push_back(point.x);
    }
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

std::vector<Tick> x_ticks(const LinePlot& plot, const Frame& frame) {
  const std::vector<double> values = distinct_x(plot);
  if (plot.x_ticks_at_points && !values.empty()) {
    std::vector<Tick> ticks;
    double free_from = -std::numeric_limits<double>::infinity();
    for (const double value : values) {
      const std::string label = canonical_number(value);
      const double half = text_width(label) / 2;
      if (frame.x(value) - half < free_from) break;
      free_from = frame.x(value) + half + 4;
      ticks.push_back({value, label});
    }
    if (ticks.size() == values.size()) return ticks;
  }
  const int room = static_cast<int>((frame.right - frame.left) / x_tick_room);
  return frame.x.ticks(std::clamp(room, 2, x_ticks_max));
}

/// Where series `i` is drawn beside its x: lines of one point each at one and the same x (a sweep
/// of one state size) would hide each other, so they stand side by side around it.
double beside(const LinePlot& plot, std::size_t i) {
  const bool single = std::all_of(plot.series.begin(), plot.series.end(),
                                  [](const auto& series) { return series.points.size() == 1; });
  if (!plot.markers || !single || distinct_x(plot).size() != 1) return 0;
  const double middle = static_cast<double>(plot.series.size() - 1) / 2;
  return (static_cast<double>(i) - middle) *
         std::min(beside_gap, 160 / static_cast<double>(plot.series.size()));
}

std::string axes(const LinePlot& plot, const Frame& frame) {
  std::string out = "<g class=\"grid\">\n";
  for (const auto& tick : frame.y.ticks(y_ticks)) {
    out += fmt::format("<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>\n",
                       frame.left, frame.right, frame.y(tick.value), frame.y(tick.value));
  }
  out += "</g>\n<g class=\"ticks\">\n";
  for (const auto& tick : frame.y.ticks(y_ticks)) {
    out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n",
                       frame.left - 8, frame.y(tick.value) + 4, escaped(tick.label).text);
  }
  for (const auto& tick : x_ticks(plot, frame)) {
    const double x = frame.x(tick.value);
    out += fmt::format("<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\"/>\n", x,
                       frame.bottom, frame.bottom + 4);
    out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n", x,
                       frame.bottom + 18, escaped(tick.label).text);
  }
  out += fmt::format("</g>\n<path class=\"axis\" d=\"M{0:.1f} {1:.1f}V{2:.1f}H{3:.1f}\"/>\n",
                     frame.left, frame.top, frame.bottom, frame.right);
  out +=
      fmt::format("<text class=\"label\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                  (frame.left + frame.right) / 2, plot.height - 8, escaped(plot.x_label).text);
  out += fmt::format(
      "<text class=\"label\" transform=\"translate(14 {:.1f}) rotate(-90)\" "
      "text-anchor=\"middle\">{}</text>\n",
      (frame.top + frame.bottom) / 2, escaped(plot.y_label).text);
  return out;
}

/// The line's path: "M" after every break, "L" otherwise; values outside the frame stay at its
/// edge.
std::string path_of(const LinePlot& plot, const PlotSeries& series, const Frame& frame) {
  std::string path;
  bool pen_down = false;
  for (const auto& point : series.points) {
    if (!drawable(plot, point)) {
      pen_down = false;
      continue;
    }
    const double x = std::clamp(frame.x(point.x), frame.left, frame.right);
    const double y = std::clamp(frame.y(point.y), frame.top, frame.bottom);
    path += fmt::format("{}{:.1f} {:.1f}", pen_down ? "L" : "M", x, y);
    pen_down = true;
  }
  return path;
}

std::string drawn_series(const LinePlot& plot, std::size_t index, const Frame& frame) {
  const PlotSeries& series = plot.series[index];
  const std::string path = path_of(plot, series, frame);
  if (path.empty()) return {};
  std::string out = fmt::format("<g class=\"series {}{}\">\n", style_classes(series.style),
                                series.muted ? " muted" : "");
  out += fmt::format("<path class=\"line\" d=\"{}\"/>\n", path);
  const double dx = beside(plot, index);
  for (const auto& point : series.points) {
    // A single point has no line, so it is marked in any case.
    if (!drawable(plot, point) || (!plot.markers && series.points.size() > 1)) continue;
    const double x = std::clamp(frame.x(point.x) + dx, frame.left, frame.right);
    const double y = std::clamp(frame.y(point.y), frame.top, frame.bottom);
    out += marker(series.style, x, y, point.note);
  }
  return out + "</g>\n";
}

std::string labels_at_ends(const LinePlot& plot, const Frame& frame) {
  std::vector<EndLabel> labels;
  for (std::size_t i = 0; i < plot.series.size(); ++i) {
    const PlotSeries& series = plot.series[i];
    const auto last = std::find_if(series.points.rbegin(), series.points.rend(),
                                   [&](const PlotPoint& p) { return drawable(plot, p); });
    if (series.end_label.empty() || last == series.points.rend()) continue;
    labels.push_back({series.end_label, series.style,
                      std::clamp(frame.x(last->x) + beside(plot, i), frame.left, frame.right),
                      std::clamp(frame.y(last->y), frame.top, frame.bottom)});
  }
  return drawn_end_labels(std::move(labels), frame.right, {frame.top, frame.bottom});
}

std::string drawn(const LinePlot& plot, Form form, const std::string& style) {
  SCANYARD_ASSERT(!plot.id.empty(), "a plot needs an id for its title");
  const Legend legend =
      make_legend(plot.series, form == Form::narrow ? narrow_legend_left : margin_left, margin_top,
                  plot.width, plot.markers);
  const Frame frame = make_frame(plot, legend.height);
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot{5}\" role=\"img\" "
      "viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
      "aria-labelledby=\"{2}-title\" aria-describedby=\"{2}-desc\">\n"
      "<title id=\"{2}-title\">{3}</title>\n<desc id=\"{2}-desc\">{4}</desc>\n",
      plot.width, plot.height, escaped(plot.id).text, escaped(plot.title).text,
      escaped(plot.description).text,
      form == Form::wide     ? " on-wide"
      : form == Form::narrow ? " on-narrow"
                             : "");
  out += style + legend.markup + axes(plot, frame);
  // Muted lines first, so that what stands out lies on top.
  for (const bool muted : {true, false}) {
    for (std::size_t i = 0; i < plot.series.size(); ++i) {
      if (plot.series[i].muted == muted) out += drawn_series(plot, i, frame);
    }
  }
  return out + labels_at_ends(plot, frame) + "</svg>\n";
}

/// The same data for a narrow screen. A label at a line's end stays only where the legend does not
/// say the same.
LinePlot narrow(LinePlot plot) {
  plot.id += "-narrow";
  plot.width = narrow_width;
  plot.height = narrow_height;
  for (auto& series : plot.series) {
    if (series.end_label == series.name) series.end_label.clear();
  }
  return plot;
}

}  // namespace

Html svg_in_page(const LinePlot& plot) {
  return Html{drawn(plot, Form::wide, "") + drawn(narrow(plot), Form::narrow, "")};
}

std::string svg_file(const LinePlot& plot) {
  const auto style = asset("plot.css");
  SCANYARD_ASSERT(style.has_value(), "the style of plots is embedded");
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" +
         drawn(plot, Form::file,
               fmt::format(
                   "<style>\n{}svg.plot {{ background: var(--plot-background); }}\n</style>\n",
                   *style));
}

}  // namespace scanyard::web
