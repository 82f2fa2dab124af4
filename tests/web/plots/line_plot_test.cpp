#include "web/plots/line_plot.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/web/golden.hpp"
#include "tests/web/markup.hpp"

namespace scanyard::web {
namespace {

LinePlot scaling_plot() {
  LinePlot plot;
  plot.id = "scaling";
  plot.title = "Accuracy over state size";
  plot.description = "m = 1 stays near 0.56, m = 2 reaches 1.";
  plot.x_label = "state size N";
  plot.y_label = "test accuracy";
  plot.x_kind = ScaleKind::logarithmic;
  plot.y_domain = Range{0, 1};
  plot.series = {
      {"m = 1", "m = 1", 0, false, {{16, 0.44, "16"}, {64, 0.54, "64"}, {192, 0.56, "192"}}},
      {"m = 2", "m = 2", 1, false, {{32, 0.75, ""}, {128, 0.95, ""}, {384, 1.0, ""}}}};
  return plot;
}

TEST_CASE("a plot is drawn as it was when somebody last looked at it") {
  check_golden("plots_scaling.svg", svg_file(scaling_plot()));
}

TEST_CASE("a plot has a name and a description for those who cannot see it") {
  const std::string svg = svg_in_page(scaling_plot()).text;
  CHECK(svg.find("role=\"img\"") != std::string::npos);
  CHECK(svg.find("aria-labelledby=\"scaling-title\"") != std::string::npos);
  CHECK(svg.find("<title id=\"scaling-title\">Accuracy over state size</title>") !=
        std::string::npos);
  CHECK(svg.find("<desc id=\"scaling-desc\">m = 1 stays") != std::string::npos);
}

TEST_CASE("a file holds its style, the page's drawing does not") {
  CHECK(svg_file(scaling_plot()).find("<style>") != std::string::npos);
  CHECK(svg_in_page(scaling_plot()).text.find("<style>") == std::string::npos);
}

TEST_CASE("points that cannot be drawn break the line and stretch no axis") {
  LinePlot plot = scaling_plot();
  plot.y_domain.reset();
  plot.series = {{"a",
                  "",
                  0,
                  false,
                  {{1, 0.5, ""},
                   {2, std::nan(""), ""},
                   {4, 0.7, ""},
                   {0, 0.1, ""},
                   {8, std::numeric_limits<double>::infinity(), ""},
                   {16, 0.6, ""}}}};
  const std::string svg = svg_in_page(plot).text;
  CHECK(svg.find("nan") == std::string::npos);
  CHECK(svg.find("inf") == std::string::npos);
  CHECK(markup_faults(svg).empty());
  // Three pieces of one point each: no line is drawn between them.
  const std::size_t line = svg.rfind("class=\"line\" d=\"");
  const std::string path = svg.substr(line, svg.find('"', line + 16) - line);
  CHECK(std::count(path.begin(), path.end(), 'M') == 3);
  CHECK(std::count(path.begin(), path.end(), 'L') == 0);
}

TEST_CASE("a plot without a point is an empty frame") {
  LinePlot plot = scaling_plot();
  plot.series.clear();
  const std::string svg = svg_in_page(plot).text;
  CHECK(markup_faults(svg).empty());
  CHECK(svg.find("class=\"axis\"") != std::string::npos);
  CHECK(svg.find("class=\"series") == std::string::npos);
}

TEST_CASE("names and notes in a plot are escaped") {
  LinePlot plot = scaling_plot();
  const std::string hostile = "</title><script>\"'&";
  plot.title = plot.description = plot.x_label = plot.y_label = hostile;
  for (auto& series : plot.series)
    series.name = series.end_label = series.points[0].note = hostile;
  const std::string svg = svg_in_page(plot).text;
  CHECK(markup_faults(svg).empty());
  CHECK(svg.find("<script") == std::string::npos);
}

TEST_CASE("muted lines lie under those that stand out") {
  LinePlot plot = scaling_plot();
  plot.series[1].muted = true;
  const std::string svg = svg_in_page(plot).text;
  CHECK(svg.find("series c1 muted") < svg.find("series c0\""));
}

}  // namespace
}  // namespace scanyard::web
