//! The pages' data as JSON, for scripts. Times are ISO 8601 in UTC, ids hexadecimal texts, a value
//! that does not exist is null. Names of members are stable; new ones may be added.
#pragma once

#include <string>
#include <vector>

#include "common/read_model.hpp"
#include "common/tables/state_plot.hpp"

namespace scanyard::web {

std::string sweeps_json(const std::vector<SweepSummary>& sweeps);
std::string sweep_json(const SweepDetail& sweep);
std::string plots_json(const std::vector<tables::StatePlot>& plots);
std::string cell_json(const CellSummary& cell, const std::vector<CellRun>& runs);
std::string run_json(const RunDetail& run);
std::string workers_json(const std::vector<WorkerStatus>& workers);
std::string coordinator_json(const ServerStatus& status);
/// {"error": {"code": ..., "message": ...}}
std::string error_json(const std::string& code, const std::string& message);
/// The list of addresses below /api with a line each.
std::string index_json();

/// A run's evaluations, one line an epoch, with a heading.
std::string curve_csv(const std::vector<EpochPoint>& curve);

}  // namespace scanyard::web
