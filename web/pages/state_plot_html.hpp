//! Accuracy over state size as a plot, with the numbers behind it.
#pragma once

#include <cstddef>
#include <vector>

#include "common/read_model.hpp"
#include "common/tables/state_plot.hpp"
#include "web/html/escape.hpp"
#include "web/plots/line_plot.hpp"

namespace scanyard::web {

/// The drawing of plot `index` (from 0) of a sweep: log x axis, one line a series.
LinePlot state_plot_drawing(const tables::StatePlot& plot, std::size_t index);

/// All plots of a sweep with headings, tables of their numbers and links to the files; a sentence
/// when there is none yet.
Html state_plots_html(SweepId sweep, const std::vector<tables::StatePlot>& plots);

}  // namespace scanyard::web
