//! Learning curves as plots: of one run, and of all runs of a cell together.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "common/read_model.hpp"
#include "web/plots/line_plot.hpp"

namespace scanyard::web {

/// More curves than this are thinned to an even choice by rank, so that a page stays small.
inline constexpr std::size_t curves_drawn_max = 60;
/// More points than this of one curve are thinned evenly; first and last stay.
inline constexpr std::size_t curve_points_max = 200;

struct CurvesDrawing {
  LinePlot accuracy;    ///< test accuracy over epochs
  LinePlot train_loss;  ///< training loss over epochs
  std::string caption;  ///< what colours mean, and what was left out
};

/// The axis whose values get a colour each: the one with the fewest values above one (at most as
/// many as there are colours), "seed" only when there is no other. Nothing when no axis fits.
std::optional<std::string> colour_axis(const std::vector<CurveOfRun>& curves);

/// All runs of a cell; `best` stands out and is named. Curves without a point are not counted.
CurvesDrawing cell_curves_drawing(const std::vector<CurveOfRun>& curves,
                                  const std::optional<RunId>& best);

/// Macro and micro accuracy, and the loss, of one run.
CurvesDrawing run_curve_drawing(const std::vector<EpochPoint>& curve);

/// An even choice of at most `most` of `count` indices, with the first and the last.
std::vector<std::size_t> even_choice(std::size_t count, std::size_t most);

}  // namespace scanyard::web
