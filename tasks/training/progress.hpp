//! How far a run has come and which of its epochs are reported. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/records.hpp"

namespace scanyard::training {

/// A run's evaluations so far. Epochs are numbered from 1; epoch e is curve[e - 1].
struct Progress {
  std::vector<EpochPoint> curve;
  std::int64_t steps_done = 0;  ///< optimiser steps
  double train_s = 0;           ///< wall time in earlier processes

  std::int32_t epochs_done() const { return static_cast<std::int32_t>(curve.size()); }
};

/// The epoch of protocol.md 4.2: lowest test perplexity, the earliest of equal ones.
std::optional<EpochPoint> at_lowest_perplexity(const std::vector<EpochPoint>& curve);
/// Highest macro accuracy, the earliest of equal ones.
std::optional<EpochPoint> at_best_accuracy(const std::vector<EpochPoint>& curve);

enum class RunEnd { solved, all_epochs, diverged };

/// The result of a run, without device, build, pack size and time.
RunOutcome outcome_of(const Progress& progress, RunEnd end);

}  // namespace scanyard::training
