#include "web/plots/legend.hpp"

#include <fmt/format.h>

#include <set>

namespace scanyard::web {
namespace {

constexpr double character_width = 6.9, row_height = 20, swatch_width = 26, entry_gap = 18;
constexpr std::size_t marker_shapes = 6;

/// Outline of marker shape `shape` around the origin. All cover about the same area.
const char* shape_path(std::size_t shape) {
  switch (shape) {
    case 0:
      return "M-3.6 0a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0 -7.2 0Z";  // circle
    case 1:
      return "M-3.3 -3.3H3.3V3.3H-3.3Z";  // square
    case 2:
      return "M0 -4.6L4.4 3.2H-4.4Z";  // triangle
    case 3:
      return "M0 -4.8L4.8 0L0 4.8L-4.8 0Z";  // diamond
    case 4:
      return "M0 4.6L4.4 -3.2H-4.4Z";  // triangle on its tip
    default:
      return "M-1.4 -4.4H1.4V-1.4H4.4V1.4H1.4V4.4H-1.4V1.4H-4.4V-1.4H-1.4Z";  // cross
  }
}

}  // namespace

double text_width(const std::string& text) {
  std::size_t characters = 0;
  for (const char c : text)
    characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return static_cast<double>(characters) * character_width;
}

std::string style_classes(std::size_t style) {
  const std::size_t dash = style / plot_colours % 3;
  return fmt::format("c{}{}", style % plot_colours, dash == 0 ? "" : fmt::format(" dash{}", dash));
}

std::string marker(std::size_t style, double x, double y, const std::string& note) {
  const std::string path =
      fmt::format("<path class=\"marker\" transform=\"translate({:.1f} {:.1f})\" d=\"{}\"", x, y,
                  shape_path(style % marker_shapes));
  if (note.empty()) return path + "/>\n";
  return path + "><title>" + escaped(note).text + "</title></path>\n";
}

Legend make_legend(const std::vector<PlotSeries>& series, double left, double top, double width,
                   bool markers) {
  Legend legend;
  std::set<std::string> named;
  double x = left;
  double y = top + row_height / 2;
  for (const auto& entry : series) {
    if (entry.name.empty() || !named.insert(entry.name).second) continue;
    const double entry_width = swatch_width + text_width(entry.name) + entry_gap;
    if (x > left && x + entry_width > width) {
      x = left;
      y += row_height;
    }
    legend.markup += fmt::format("<g class=\"entry {}\">\n", style_classes(entry.style));
    legend.markup +=
        fmt::format("<path class=\"line\" d=\"M{:.1f} {:.1f}h{:.1f}\"/>\n", x, y, swatch_width - 6);
    if (markers) legend.markup += marker(entry.style, x + (swatch_width - 6) / 2, y, "");
    legend.markup += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n</g>\n",
                                 x + swatch_width, y + 4, escaped(entry.name).text);
    x += entry_width;
  }
  if (legend.markup.empty()) return legend;
  legend.height = y + row_height / 2 + 6 - top;
  legend.markup = "<g class=\"legend\">\n" + legend.markup + "</g>\n";
  return legend;
}

}  // namespace scanyard::web
