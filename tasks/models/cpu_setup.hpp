//! What a process does once, before its first tensor, so that CPU results repeat bit for bit.
#pragma once

namespace scanyard::models {

/// Sets the number of threads of every operation, and asks the BLAS library for results that do not
/// depend on where operands lie in memory (MKL_CBWR; kept when the environment sets it). Call it
/// before any other LibTorch call, while the process has one thread. Results are then those of
/// this CPU model and number of threads; `threads` is at least 1.
void set_up_cpu(int threads);

}  // namespace scanyard::models
