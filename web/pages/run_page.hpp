//! One run: configuration, result, curve, attempts with their log, and the command that repeats it.
#pragma once

#include "common/read_model.hpp"
#include "web/pages/page.hpp"

namespace scanyard::web {

struct RunView {
  RunDetail run;
  TimePoint now;
};

Page run_page(const RunView& view);

}  // namespace scanyard::web
