#include "coordinator/core/core.hpp"

#include <fmt/format.h>

#include "common/assert.hpp"
#include "coordinator/core/transitions.hpp"

namespace scanyard::core {
namespace {

std::vector<ShapeIndex> intern_shapes(Core& core, const std::vector<OpenShape>& shapes) {
  std::vector<ShapeIndex> indices;
  indices.reserve(shapes.size());
  for (const auto& shape : shapes)
    indices.push_back(core.shapes.intern(shape));
  return indices;
}

}  // namespace

Core start(const CoreOptions& options, Epoch epoch, const OpenRuns& open, TimePoint now,
           Effects& out) {
  Core core;
  core.options = options;
  core.epoch = epoch;
  core.started = now;
  // Without open runs no worker can be training anything that is wanted.
  core.grace_until = open.runs.empty() ? now : now + options.grace();
  for (const auto& info : open.sweeps) {
    Sweep& sweep = core.sweeps[core.sweeps.intern(info.id)];
    sweep.name = info.name;
    sweep.state = info.state == "paused" ? SweepState::paused : SweepState::active;
    sweep.priority = info.priority;
  }
  const auto shapes = intern_shapes(core, open.shapes);
  for (const auto& run : open.runs) {
    SCANYARD_ASSERT(run.shape < shapes.size(), "an open run names one of the shapes beside it");
    SCANYARD_ASSERT(!core.runs.find(run.id).valid(), "an open run is listed once");
    add_run(core, run, shapes[run.shape]);
  }
  out.log.push_back({LogLevel::info,
                     "core.started",
                     {},
                     {},
                     {},
                     fmt::format("epoch={} open_runs={} sweeps={}", epoch.value, open.runs.size(),
                                 open.sweeps.size())});
  return core;
}

}  // namespace scanyard::core
