//! What a plan asks: which of a spec's runs a database has already, and how fast they were.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/read_model.hpp"
#include "common/spec/expansion.hpp"
#include "coordinator/service/cli/command.hpp"

namespace scanyard::service::cli {

/// Answers taken from a coordinator, or from a database's file.
struct KnownRuns {
  std::string from;  ///< where they were taken from; empty = nowhere: there is no coordinator here
  std::vector<KnownRun> runs;
  std::vector<std::pair<SweepId, std::string>> sweep_names;
  std::int64_t slots = 0;         ///< of the workers connected; 0 = none
  std::int32_t replicas_max = 0;  ///< largest pack that one of their slots takes
  double memory_bytes = 0;        ///< of the largest of them
  /// Floating-point operations per second of one slot, from some of the runs that are done; 0 =
  /// none is.
  double flops_per_s = 0;
};

/// Asks over the wire where a join file is named, else the home's database file; an empty answer
/// when there is no home. `database` names a file directly. Errors: those of Client::ask, store.*.
Result<KnownRuns> ask_known_runs(const Globals& globals, const std::string& database,
                                 const spec::Expansion& expansion);

}  // namespace scanyard::service::cli
