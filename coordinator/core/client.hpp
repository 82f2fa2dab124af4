//! Commands of people. Each is answered by one Reply, after it is on disk.
#pragma once

#include <string>

#include "coordinator/core/core.hpp"

namespace scanyard::core {

/// Runs of the sweep that no other sweep wants become cancelled, running ones are revoked; those
/// that another sweep wants too go on for it. Errors: core.sweep_not_open.
void on_cancel(Core& core, RequestId request, SweepId sweep, const std::string& reason,
               TimePoint now, Effects& out);
/// Nothing of the sweep is granted until it is resumed; running attempts go on. Errors:
/// core.sweep_not_open, core.sweep_state.
void on_pause(Core& core, RequestId request, SweepId sweep, TimePoint now, Effects& out);
void on_resume(Core& core, RequestId request, SweepId sweep, TimePoint now, Effects& out);
/// Sweeps of a higher priority are granted first. Errors: core.sweep_not_open.
void on_priority(Core& core, RequestId request, SweepId sweep, std::int32_t priority, TimePoint now,
                 Effects& out);
/// The worker gets nothing new and is asked to leave when its packs have ended. Lasts until the
/// worker or the coordinator is started anew. Errors: core.no_such_worker.
void on_drain(Core& core, RequestId request, const std::string& worker, TimePoint now,
              Effects& out);

}  // namespace scanyard::core
