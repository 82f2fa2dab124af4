//! Line plots as SVG: a pure function of its data, readable without scripts, in dark mode, in print
//! and without telling colours apart (markers, dashes and labels say the same).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "web/html/escape.hpp"
#include "web/plots/scale.hpp"

namespace scanyard::web {

struct PlotPoint {
  double x = 0, y = 0;
  std::string note;  ///< what a pointer or a reader of the SVG is told at the marker; empty = none
};

/// One line. Points are drawn in the given order; one that is not finite (or not above 0 on a
/// logarithmic axis) breaks the line.
struct PlotSeries {
  std::string name;       ///< in the legend; series of one name share one entry; empty = none
  std::string end_label;  ///< beside the last point; empty = none
  std::size_t style = 0;  ///< colour, marker and, from the ninth on, dashes (plot.css)
  bool muted = false;     ///< thin and pale: one of many
  std::vector<PlotPoint> points;
};

struct LinePlot {
  std::string id;           ///< unique on its page; letters, digits and '-'
  std::string title;        ///< what it shows; also the accessible name
  std::string description;  ///< what a person who cannot see it should know
  std::string x_label, y_label;
  ScaleKind x_kind = ScaleKind::linear, y_kind = ScaleKind::linear;
  std::optional<Range> x_domain, y_domain;  ///< otherwise what the points need
  bool markers = true;
  /// Marks the x axis at the points' own values where they are few and far enough apart, else at
  /// round ones.
  bool x_ticks_at_points = false;
  std::vector<PlotSeries> series;
  int width = 640, height = 380;  ///< in units of the drawing; the page scales it
};

/// How many styles differ in colour before dashes begin.
inline constexpr std::size_t plot_colours = 8;

/// The drawing as an <svg> element for a page that has plot.css, and a second one for narrow
/// screens (style.css shows one of them): 360 wide, with the names in the legend alone.
Html svg_in_page(const LinePlot& plot);

/// The same as a file of its own, with its style inside.
std::string svg_file(const LinePlot& plot);

}  // namespace scanyard::web
