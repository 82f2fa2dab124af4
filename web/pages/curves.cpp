#include "web/pages/curves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "common/assert.hpp"
#include "web/format.hpp"

namespace scanyard::web {
namespace {

constexpr int plot_width = 560, plot_height = 340;
/// More labels than this at the ends of curves that broke off would hide each other.
constexpr std::size_t broken_named_max = 6;
/// Up to this many curves none needs to step back behind another.
constexpr std::size_t unmuted_max = 6;

LinePlot accuracy_plot() {
  LinePlot plot;
  plot.id = "accuracy-curves";
  plot.title = "Test accuracy over epochs";
  plot.x_label = "epoch";
  plot.y_label = "test accuracy (macro)";
  plot.y_domain = Range{0, 1.02};  // a little room above what is solved
  plot.markers = false;
  plot.x_ticks_at_points = true;  // few epochs: each is marked, and none between two
  plot.width = plot_width;
  plot.height = plot_height;
  return plot;
}

LinePlot loss_plot() {
  LinePlot plot;
  plot.id = "loss-curves";
  plot.title = "Training loss over epochs";
  plot.x_label = "epoch";
  plot.y_label = "training loss (nats per token)";
  plot.markers = false;
  plot.x_ticks_at_points = true;  // few epochs: each is marked, and none between two
  plot.width = plot_width;
  plot.height = plot_height;
  return plot;
}

template <class Read>
std::vector<PlotPoint> points_of(const std::vector<EpochPoint>& curve, Read read) {
  std::vector<PlotPoint> points;
  for (const std::size_t i : even_choice(curve.size(), curve_points_max))
    points.push_back({static_cast<double>(curve[i].epoch), read(curve[i]), ""});
  return points;
}

double macro_accuracy(const EpochPoint& point) {
  return point.test_accuracy;
}
double micro_accuracy(const EpochPoint& point) {
  return point.test_micro_accuracy;
}
double train_loss(const EpochPoint& point) {
  return point.train_loss;
}

/// A curve that ends early for a reason that a reader should see at its end.
bool broke_off(RunState state) {
  return state == RunState::diverged || state == RunState::failed;
}

std::string value_of(const CurveOfRun& curve, const std::string& axis) {
  for (const auto& [name, value] : json_fields(curve.axes_json)) {
    if (name == axis) return value;
  }
  return "";
}

/// The curves to draw: those with points, an even choice by last accuracy when they are too many.
std::vector<const CurveOfRun*> chosen_curves(const std::vector<CurveOfRun>& curves,
                                             const std::optional<RunId>& best) {
  std::vector<const CurveOfRun*> all;
  for (const auto& curve : curves) {
    if (!curve.points.empty()) all.push_back(&curve);
  }
  if (all.size() <= curves_drawn_max) return all;
  const auto lower = [](const CurveOfRun* a, const CurveOfRun* b) {
    return a->points.back().test_accuracy < b->points.back().test_accuracy;
  };
  std::stable_sort(all.begin(), all.end(), lower);
  std::vector<const CurveOfRun*> chosen;
  for (const std::size_t i : even_choice(all.size(), curves_drawn_max))
    chosen.push_back(all[i]);
  const auto is_best = [&](const CurveOfRun* curve) { return best && curve->run == *best; };
  const auto missed = std::find_if(all.begin(), all.end(), is_best);
  if (missed != all.end() && std::none_of(chosen.begin(), chosen.end(), is_best)) {
    chosen.back() = *missed;
  }
  return chosen;
}

/// Style of each value of the colour axis, in natural order of the values.
std::map<std::string, std::size_t> styles_by_value(const std::vector<CurveOfRun>& curves,
                                                   const std::optional<std::string>& axis) {
  std::vector<std::string> values;
  for (const auto& curve : curves) {
    const std::string value = axis ? value_of(curve, *axis) : "";
    if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
  }
  std::sort(values.begin(), values.end(), natural_less);
  std::map<std::string, std::size_t> styles;
  for (std::size_t i = 0; i < values.size(); ++i)
    styles[values[i]] = i;
  return styles;
}

/// Series of the same name share a legend entry, which takes the order of the styles.
void sort_by_style(LinePlot& plot) {
  std::stable_sort(plot.series.begin(), plot.series.end(),
                   [](const auto& a, const auto& b) { return a.style < b.style; });
}

}  // namespace

std::vector<std::size_t> even_choice(std::size_t count, std::size_t most) {
  SCANYARD_ASSERT(most >= 2, "an even choice holds at least the first and the last");
  std::vector<std::size_t> chosen;
  if (count <= most) {
    for (std::size_t i = 0; i < count; ++i)
      chosen.push_back(i);
    return chosen;
  }
  for (std::size_t i = 0; i < most; ++i)
    chosen.push_back(i * (count - 1) / (most - 1));
  return chosen;
}

std::optional<std::string> colour_axis(const std::vector<CurveOfRun>& curves) {
  std::map<std::string, std::set<std::string>> values;
  for (const auto& curve : curves) {
    for (const auto& [name, value] : json_fields(curve.axes_json))
      values[name].insert(value);
  }
  std::optional<std::string> axis;
  for (const bool seed : {false, true}) {
    for (const auto& [name, distinct] : values) {
      if ((name == "seed") != seed || distinct.size() < 2 || distinct.size() > plot_colours)
        continue;
      if (!axis || distinct.size() < values[*axis].size()) axis = name;
    }
    if (axis) break;
  }
  return axis;
}

CurvesDrawing cell_curves_drawing(const std::vector<CurveOfRun>& curves,
                                  const std::optional<RunId>& best) {
  CurvesDrawing drawing{accuracy_plot(), loss_plot(), ""};
  const auto chosen = chosen_curves(curves, best);
  const auto axis = colour_axis(curves);
  const auto styles = styles_by_value(curves, axis);
  const std::size_t available = static_cast<std::size_t>(std::count_if(
      curves.begin(), curves.end(), [](const auto& curve) { return !curve.points.empty(); }));
  const bool name_broken =
      static_cast<std::size_t>(std::count_if(chosen.begin(), chosen.end(), [](const auto* curve) {
        return broke_off(curve->state);
      })) <= broken_named_max;
  bool thinned = false;
  for (const CurveOfRun* curve : chosen) {
    const bool is_best = best && curve->run == *best;
    PlotSeries line;
    const std::string value = axis ? value_of(*curve, *axis) : "";
    if (axis) line.name = *axis + " " + value;
    line.style = styles.at(value);
    line.muted = !is_best && chosen.size() > unmuted_max;
    line.points = points_of(curve->points, macro_accuracy);
    thinned |= curve->points.size() > curve_points_max;
    if (name_broken && broke_off(curve->state)) line.end_label = to_text(curve->state);
    if (is_best) line.end_label = "best run";
    drawing.accuracy.series.push_back(line);
    line.points = points_of(curve->points, train_loss);
    drawing.train_loss.series.push_back(line);
  }
  sort_by_style(drawing.accuracy);
  sort_by_style(drawing.train_loss);
  const std::string shown =
      available == chosen.size()
          ? fmt::format("{} {}", available, available == 1 ? "curve" : "curves")
          : fmt::format(
                "{} of {} curves, an even choice from the lowest to the highest last "
                "accuracy",
                chosen.size(), available);
  drawing.caption = shown + ", one a run" + (axis ? ", coloured by " + *axis : "") + "." +
                    (thinned ? " Long curves are drawn with 200 of their points." : "");
  drawing.accuracy.description = drawing.train_loss.description = drawing.caption;
  return drawing;
}

CurvesDrawing run_curve_drawing(const std::vector<EpochPoint>& curve) {
  CurvesDrawing drawing{accuracy_plot(), loss_plot(), ""};
  drawing.accuracy.y_label = "test accuracy";
  drawing.accuracy.series = {{"macro", "macro", 0, false, points_of(curve, macro_accuracy)},
                             {"micro", "micro", 1, false, points_of(curve, micro_accuracy)}};
  drawing.train_loss.series = {{"", "", 0, false, points_of(curve, train_loss)}};
  if (!curve.empty()) {
    const EpochPoint& last = curve.back();
    drawing.accuracy.description =
        fmt::format("After epoch {}: macro accuracy {}, micro accuracy {}.", last.epoch,
                    fixed(last.test_accuracy, 4), fixed(last.test_micro_accuracy, 4));
    drawing.train_loss.description =
        fmt::format("After epoch {}: training loss {}.", last.epoch, fixed(last.train_loss, 4));
  }
  drawing.caption =
      "Macro accuracy is the mean over classes, micro accuracy the share of right "
      "tokens; both on the test set after each epoch.";
  return drawing;
}

}  // namespace scanyard::web
