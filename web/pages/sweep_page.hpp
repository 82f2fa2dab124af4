//! One sweep: progress, best-of-seeds table, how its numbers were selected, scaling plots, its
//! spec.
#pragma once

#include <string>
#include <vector>

#include "common/read_model.hpp"
#include "common/tables/results_table.hpp"
#include "common/tables/state_plot.hpp"
#include "web/pages/page.hpp"

namespace scanyard::web {

struct SweepView {
  SweepDetail detail;
  tables::ResultsTable table;
  std::vector<tables::StatePlot> plots;
  std::uint64_t workers_connected = 0;
  std::string endpoint;  ///< what workers connect to
  TimePoint now;
};

Page sweep_page(const SweepView& view);

}  // namespace scanyard::web
