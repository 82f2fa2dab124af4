//! One sweep: progress, best-of-seeds table, how its numbers were selected, scaling plots, its
//! spec.
#pragma once

#include <string>
#include <vector>

#include "common/read_model.hpp"
#include "common/tables/results_table.hpp"
#include "common/tables/state_plot.hpp"
#include "web/pages/page.hpp"
#include "web/pages/results_table_html.hpp"

namespace scanyard::web {

struct SweepView {
  SweepDetail detail;
  tables::ResultsTable table;
  std::vector<tables::StatePlot> plots;
  std::uint64_t workers_connected = 0;
  std::string worker_join;  ///< file that a worker of this machine joins with
  TimePoint now;
  TableWindow window;
  std::size_t plot = 0;  ///< index of a plot that is to be shown
};

Page sweep_page(const SweepView& view);

}  // namespace scanyard::web
