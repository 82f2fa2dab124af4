//! The parts of a plot that name its lines: styles, markers and the legend above the frame.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "web/plots/line_plot.hpp"

namespace scanyard::web {

/// Estimated width of a text in the plot's font, in units of the drawing: the program has no fonts,
/// so it is made for wide ones.
double text_width(const std::string& text);

/// CSS classes of a style: "c3" or, past the last colour, "c3 dash1".
std::string style_classes(std::size_t style);

/// The marker of a style around a point, with a note (escaped here) as its <title>.
std::string marker(std::size_t style, double x, double y, const std::string& note);

struct Legend {
  std::string markup;
  double height = 0;  ///< 0 = nothing to name
};

/// Entries in the order of the series, in as many lines as `width` demands; with the lines' markers
/// where the plot has them.
Legend make_legend(const std::vector<PlotSeries>& series, double left, double top, double width,
                   bool markers = true);

}  // namespace scanyard::web
