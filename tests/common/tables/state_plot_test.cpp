#include "common/tables/state_plot.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/common/tables/builders.hpp"

namespace scanyard::tables {
namespace {

TEST_CASE("each task has a plot, each model and block size a series, by rising size") {
  auto cells = make_cells();
  cells[0].by_state = {{.state = 32, .value = 0.3, .results = 2}, {.state = 64, .value = 0.5}};
  cells[2].by_state = {{.state = 64, .value = 0.9, .results = 3, .solved = 1}};
  cells[3].by_state = {{.state = 64, .value = 0.2}};
  const auto plots = build_state_plots(make_sweep(), cells);
  REQUIRE(plots.size() == 2);
  CHECK(plots[0].title == "group=3");
  CHECK(plots[0].metric == "test accuracy");
  REQUIRE(plots[0].series.size() == 2);
  CHECK(plots[0].series[0].label == "bdlru m=1");
  REQUIRE(plots[0].series[0].points.size() == 2);
  CHECK(plots[0].series[0].points[1].value == 0.5);
  CHECK(plots[0].series[1].points[0].solved == 1);
  CHECK(plots[1].title == "group=4");
}

TEST_CASE("cells that differ in their size only are one series") {
  std::vector<CellSummary> cells;
  for (int hidden : {64, 16, 32}) {
    const std::string json = R"({"hidden":)" + std::to_string(hidden) + R"(,"model":"bdlru"})";
    cells.push_back(make_cell(hidden, json, json, 0.5));
    cells.back().by_state = {{.state = 2.0 * hidden, .value = hidden / 100.0}};
  }
  const auto plots = build_state_plots(make_sweep(), cells);
  REQUIRE(plots.size() == 1);
  REQUIRE(plots[0].series.size() == 1);
  const auto& points = plots[0].series[0].points;
  REQUIRE(points.size() == 3);
  CHECK(points[0].state == 32);
  CHECK(points[2].state == 128);
  CHECK(points[2].value == 0.64);
}

TEST_CASE("of two values at one size the better one stands") {
  auto cells = make_cells();
  cells.resize(1);
  cells.push_back(cells[0]);
  cells[0].by_state = {{.state = 64, .value = 0.5}};
  cells[1].by_state = {{.state = 64, .value = 0.7}};
  auto sweep = make_sweep();
  CHECK(build_state_plots(sweep, cells)[0].series[0].points[0].value == 0.7);
  sweep.selection.metric = spec::Metric::perplexity;
  const auto lower = build_state_plots(sweep, cells);
  REQUIRE(lower[0].series[0].points.size() == 1);
  CHECK(lower[0].series[0].points[0].value == 0.5);
  CHECK(lower[0].lower_is_better);
}

TEST_CASE("without values at known sizes there is no plot") {
  auto cells = make_cells();
  cells[0].by_state = {{.state = 64, .value = {}}};
  CHECK(build_state_plots(make_sweep(), cells).empty());
}

}  // namespace
}  // namespace scanyard::tables
