//! Sweeps and results of any size for the store's benchmark.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "common/store_writes.hpp"

namespace scanyard::store {

/// About `runs` runs: cells of 3 learning rates times `seeds`, 12 cells a task setting.
/// `first_seed` tells the runs of two such sweeps apart.
SubmitSweep synthetic_sweep(std::size_t runs, std::int64_t first_seed = 0, int seeds = 5);

/// A finished attempt with a curve of `points` evaluations.
RecordAttempt synthetic_result(const RunId& run, std::int64_t number, int points);

}  // namespace scanyard::store
