//! What can be checked, by kind of file. Each function computes a file's results with the project's
//! own code and compares them; it throws std::runtime_error for input that makes no sense.
#pragma once

#include <functional>
#include <string>

#include "tasks/training/golden/check.hpp"

namespace scanyard::golden {

/// A checker, or why there is none yet.
struct Checker {
  std::function<void(Check&)> run;
  std::string not_covered;  ///< set exactly when `run` is empty
};

/// By the file's folder and configuration.
Checker checker_for(const IndexEntry& entry);

// check_scans.cpp
void check_bdlru_scan(Check& check);
void check_hlru_scan(Check& check);
// check_gates.cpp
void check_gates(Check& check);
// check_layers.cpp
void check_layer(Check& check);
void check_language_model(Check& check);
// check_training.cpp
void check_mad_training(Check& check);
// check_values.cpp
void check_metric(Check& check);
void check_schedules(Check& check);
void check_permutations(Check& check);
void check_selective_copying(Check& check);

}  // namespace scanyard::golden
