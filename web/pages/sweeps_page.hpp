//! The first page: every sweep with its progress.
#pragma once

#include <string>
#include <vector>

#include "common/read_model.hpp"
#include "web/pages/page.hpp"

namespace scanyard::web {

struct SweepsView {
  std::vector<SweepSummary> sweeps;  ///< in the order of the page
  std::uint64_t workers_connected = 0;
  std::string worker_join;  ///< file that a worker of this machine joins with
  TimePoint now;
};

Page sweeps_page(const SweepsView& view);

}  // namespace scanyard::web
