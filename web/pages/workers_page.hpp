//! Who trains: workers with their slots, rates and when they were last heard of.
#pragma once

#include <string>
#include <vector>

#include "common/read_model.hpp"
#include "web/pages/page.hpp"

namespace scanyard::web {

struct WorkersView {
  std::vector<WorkerStatus> workers;
  std::string worker_join;  ///< file that a worker of this machine joins with
  TimePoint now;
};

Page workers_page(const WorkersView& view);

}  // namespace scanyard::web
