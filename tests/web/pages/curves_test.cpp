#include "web/pages/curves.hpp"

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <set>

#include "common/hash.hpp"

namespace scanyard::web {
namespace {

using Indices = std::vector<std::size_t>;

std::vector<CurveOfRun> curves(int seeds, std::vector<std::string> rates, int epochs) {
  std::vector<CurveOfRun> all;
  for (const auto& rate : rates) {
    for (int seed = 1; seed <= seeds; ++seed) {
      CurveOfRun curve;
      curve.axes_json = fmt::format(R"({{"lr":{},"seed":{}}})", rate, seed);
      curve.run = Hasher().update(curve.axes_json).finish();
      for (int e = 1; e <= epochs; ++e)
        curve.points.push_back({e, e * 10, 1.0 / e, seed * 0.001, 0.5, 2});
      all.push_back(std::move(curve));
    }
  }
  return all;
}

TEST_CASE("an even choice keeps the first and the last") {
  CHECK(even_choice(3, 5) == Indices{0, 1, 2});
  CHECK(even_choice(0, 5).empty());
  CHECK(even_choice(9, 5) == Indices{0, 2, 4, 6, 8});
  CHECK(even_choice(1000, 200).size() == 200);
  CHECK(even_choice(1000, 200).back() == 999);
}

TEST_CASE("curves are coloured by the axis with the fewest values, by the seed only if alone") {
  CHECK(colour_axis(curves(2, {"0.001", "0.0005", "0.0001"}, 1)) == "lr");
  CHECK(colour_axis(curves(5, {"0.001"}, 1)) == "seed");
  CHECK_FALSE(colour_axis(curves(1, {"0.001"}, 1)).has_value());
  CHECK_FALSE(colour_axis(curves(20, {"0.001"}, 1)).has_value());
  CHECK_FALSE(colour_axis({}).has_value());
}

TEST_CASE("the best run stands out among many and is named") {
  const auto all = curves(5, {"0.001", "0.0005"}, 3);
  const CurvesDrawing drawing = cell_curves_drawing(all, all[3].run);
  int standing_out = 0;
  for (const auto& series : drawing.accuracy.series) {
    standing_out += series.muted ? 0 : 1;
    CHECK(series.muted == series.end_label.empty());
  }
  CHECK(standing_out == 1);
  CHECK(drawing.accuracy.series.size() == 10);
  CHECK(drawing.caption == "10 curves, one a run, coloured by lr.");
}

TEST_CASE("curves that broke off are named at their end unless they are many") {
  auto all = curves(10, {"0.001"}, 3);
  all[2].state = RunState::diverged;
  all[4].state = RunState::failed;
  const auto named = [&](const char* label) {
    const CurvesDrawing drawing = cell_curves_drawing(all, all[0].run);
    return std::count_if(drawing.train_loss.series.begin(), drawing.train_loss.series.end(),
                         [&](const auto& series) { return series.end_label == label; });
  };
  CHECK(named("diverged") == 1);
  CHECK(named("failed") == 1);
  CHECK(named("best run") == 1);
  for (auto& curve : all)
    curve.state = RunState::diverged;
  CHECK(named("diverged") == 0);
  CHECK(named("best run") == 1);
}

TEST_CASE("legend entries follow the order of the values") {
  const CurvesDrawing drawing = cell_curves_drawing(curves(2, {"0.001", "0.0001"}, 2), {});
  CHECK(drawing.accuracy.series.front().name == "lr 0.0001");
  CHECK(drawing.accuracy.series.back().name == "lr 0.001");
}

TEST_CASE("too many curves are thinned by rank, and the best is always among them") {
  auto all = curves(500, {"0.001"}, 2);
  // Ties at the top: the best run is not the last in the order by accuracy.
  for (auto& curve : all)
    curve.points.back().test_accuracy = std::min(curve.points.back().test_accuracy, 0.4);
  const RunId best = all[450].run;
  const CurvesDrawing drawing = cell_curves_drawing(all, best);
  CHECK(drawing.accuracy.series.size() == curves_drawn_max);
  CHECK(std::count_if(drawing.accuracy.series.begin(), drawing.accuracy.series.end(),
                      [](const auto& series) { return series.end_label == "best run"; }) == 1);
  CHECK(drawing.caption.find("60 of 500 curves") == 0);
}

TEST_CASE("long curves are thinned and the caption says so") {
  const CurvesDrawing drawing = cell_curves_drawing(curves(1, {"0.001"}, 1000), {});
  CHECK(drawing.accuracy.series[0].points.size() == curve_points_max);
  CHECK(drawing.caption.find("200 of their points") != std::string::npos);
}

TEST_CASE("an axis of few epochs marks whole ones only") {
  const auto all = curves(2, {"0.001"}, 3);
  const std::string svg = svg_file(cell_curves_drawing(all, {}).accuracy);
  CHECK(svg.find(">2</text>") != std::string::npos);
  CHECK(svg.find(">1.5</text>") == std::string::npos);
  CHECK(svg.find(">2.0</text>") == std::string::npos);
}

TEST_CASE("runs without an epoch have no curve and are not counted") {
  auto all = curves(3, {"0.001"}, 2);
  all[1].points.clear();
  CHECK(cell_curves_drawing(all, {}).caption.find("2 curves") == 0);
  CHECK(cell_curves_drawing(curves(3, {"0.001"}, 0), {}).accuracy.series.empty());
}

TEST_CASE("a run's own plot has macro and micro accuracy, and its loss") {
  const auto all = curves(1, {"0.001"}, 4);
  const CurvesDrawing drawing = run_curve_drawing(all[0].points);
  REQUIRE(drawing.accuracy.series.size() == 2);
  CHECK(drawing.accuracy.series[0].name == "macro");
  CHECK(drawing.train_loss.series[0].points.back().y == 0.25);
  CHECK(drawing.train_loss.description == "After epoch 4: training loss 0.2500.");
  CHECK(run_curve_drawing({}).accuracy.description.empty());
}

}  // namespace
}  // namespace scanyard::web
