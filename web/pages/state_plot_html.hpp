//! Accuracy over state size as a plot, with the numbers behind it.
#pragma once

#include <cstddef>
#include <vector>

#include "common/read_model.hpp"
#include "common/tables/state_plot.hpp"
#include "web/html/escape.hpp"
#include "web/pages/paging.hpp"
#include "web/plots/line_plot.hpp"

namespace scanyard::web {

/// The drawing of plot `index` (from 0) of a sweep: log x axis, one line a series.
LinePlot state_plot_drawing(const tables::StatePlot& plot, std::size_t index);

/// A sweep with more plots than this shows them in parts.
inline constexpr std::size_t plots_shown_max = 12;

/// The plots of one part with headings, tables of their numbers and links to the files; a sentence
/// when there is none yet.
Html state_plots_html(SweepId sweep, const std::vector<tables::StatePlot>& plots, const Part& part);

}  // namespace scanyard::web
