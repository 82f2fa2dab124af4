//! Which build of a kernel runs.
#pragma once

namespace scanyard::kernels {

/// `reference` is the readable loop that the others are tested against. The vectorised builds
/// differ from it and from each other in the last bits; each one gives the same bits on every
/// machine that has it.
enum class Isa { reference, baseline, avx2, avx512 };

/// Whether this machine can run it. `reference` and `baseline` run everywhere.
bool is_supported(Isa isa);

/// The widest one that this machine has. Asked once, then remembered; any thread.
Isa best_isa();

/// "reference", "baseline", "avx2", "avx512".
const char* to_text(Isa isa);

}  // namespace scanyard::kernels
