//! What a sweep would come to, before anything runs: the pure part of `scanyard plan`.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/read_model.hpp"
#include "common/spec/expansion.hpp"

namespace scanyard::spec {

struct PlanOptions {
  std::string source;             ///< the file, as the person called it
  std::int64_t max_replicas = 1;  ///< runs that one slot trains together
  double memory_bytes = 0;        ///< of one slot; 0 = not known, so no limit
  std::int64_t slots = 1;         ///< that would work at the same time
  double flops_per_s = 0;         ///< of one slot; 0 = not known
  /// Measured slot seconds of one run of a shape (by its JSON), where known; wins over flops_per_s.
  std::function<std::optional<double>(const std::string& shape_json)> seconds_per_run;
  /// What the known runs were taken from ("scanyard.db", "tcp://login1:7400"); empty = nothing
  /// asked.
  std::string known_from;
  std::vector<std::pair<SweepId, std::string>> sweep_names;  ///< of sweeps that known runs name
};

/// Counts of one block, or of the whole sweep. `runs` = done + open + failed + new_runs.
struct PlanPart {
  std::string name;
  int line = 1;
  std::uint64_t cells = 0;
  std::uint64_t combinations = 0;  ///< before equal ones became one run
  std::uint64_t runs = 0;          ///< of a block: those that no earlier block names
  std::uint64_t done = 0;          ///< finished or diverged: not trained again
  std::uint64_t open = 0;          ///< queued or running already, for another sweep
  std::uint64_t failed = 0;        ///< failed or cancelled: would be tried again
  std::uint64_t new_runs = 0;
  std::uint64_t packs = 0;       ///< of the runs that are not done; blocks may share one
  double flops = 0;              ///< of the runs that are not done, without early stop
  std::optional<double> slot_s;  ///< the same in seconds of one slot; nothing where not known

  std::uint64_t to_train() const { return runs - done; }
};

/// Done runs by the sweep that asked for them first.
struct DoneInSweep {
  SweepId sweep;
  std::string name;
  std::uint64_t runs = 0;
};

struct Plan {
  std::string name;
  std::string description;
  Selection selection;
  std::vector<PlanPart> blocks;
  PlanPart total;
  std::uint64_t shapes = 0;
  std::uint64_t duplicates = 0;
  std::vector<DoneInSweep> done_in;    ///< most runs first
  double replica_bytes_max = 0;        ///< of the largest shape
  std::uint64_t shapes_too_large = 0;  ///< that do not fit a slot even alone
  PlanOptions options;
};

/// Pure. `known` are those runs of the expansion that a database has, by index, each at most once.
Plan make_plan(const Expansion& expansion, std::span<const KnownRun> known, PlanOptions options);

/// Floating-point operations of one whole training without early stop.
double flops_of_run(const ExpandedShape& shape);

}  // namespace scanyard::spec
