#include "web/plots/line_plot.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>

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

/// Text of the marks of the x axis, from the lowest on.
std::string x_marks(const std::string& svg) {
  std::string marks;
  for (std::size_t at = 0; (at = svg.find("text-anchor=\"middle\">", at)) != std::string::npos;) {
    at += 21;
    const std::string text = svg.substr(at, svg.find('<', at) - at);
    if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos)
      marks += text + " ";
  }
  return marks;
}

TEST_CASE("an axis is marked at the points where they are few, at round values where they crowd") {
  LinePlot plot = scaling_plot();
  plot.series = {{"m = 3", "", 0, false, {{48, 0.5, ""}, {96, 0.6, ""}, {192, 0.7, ""}}}};
  CHECK(x_marks(svg_file(plot)) == "64 128 ");
  plot.x_ticks_at_points = true;
  CHECK(x_marks(svg_file(plot)) == "48 96 192 ");
  plot.series[0].points.push_back({50, 0.5, ""});
  CHECK(x_marks(svg_file(plot)) == "64 128 ");
}

TEST_CASE("lines of one point at one size stand side by side instead of hiding each other") {
  LinePlot plot = scaling_plot();
  plot.x_ticks_at_points = true;
  plot.series = {{"a", "a", 0, false, {{48, 1, ""}}},
                 {"b", "b", 1, false, {{48, 1, ""}}},
                 {"c", "c", 2, false, {{48, 1, ""}}}};
  const auto places = [](const std::string& svg) {
    std::set<std::string> all;
    const std::size_t begin = svg.find("class=\"series");
    for (std::size_t at = begin; (at = svg.find("translate(", at)) != std::string::npos; ++at)
      all.insert(svg.substr(at, svg.find(')', at) - at));
    return all;
  };
  CHECK(places(svg_file(plot)).size() == 3);
  CHECK(x_marks(svg_file(plot)) == "48 ");
  plot.series[2].points.push_back({96, 1, ""});  // a line: its points stay where they are
  CHECK(places(svg_file(plot)).size() == 2);
}

TEST_CASE("a page holds a drawing for narrow screens with names of its own and no doubled labels") {
  const std::string svg = svg_in_page(scaling_plot()).text;
  const std::size_t second = svg.find("class=\"plot on-narrow\"");
  REQUIRE(second != std::string::npos);
  CHECK(svg.find("class=\"plot on-wide\"") < second);
  CHECK(svg.find("id=\"scaling-narrow-title\"") > second);
  CHECK(svg.find("viewBox=\"0 0 360 300\"") != std::string::npos);
  CHECK(svg.substr(0, second).find("class=\"ends\"") != std::string::npos);
  CHECK(svg.find("class=\"ends\"", second) == std::string::npos);
  CHECK(svg_file(scaling_plot()).find("on-narrow") == std::string::npos);
}

}  // namespace
}  // namespace scanyard::web
