#include "tasks/models/cpu_setup.hpp"

#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <cstdlib>

#include "common/assert.hpp"

namespace scanyard::models {

void set_up_cpu(int threads) {
  SCANYARD_ASSERT(threads >= 1, "a process computes with at least one thread");
  // Conditional numerical reproducibility, strict: the same product gives the same bits whatever
  // the alignment of its operands. Measured to cost nothing here.
  constexpr int keep_what_is_set = 0;
  ::setenv("MKL_CBWR", "AUTO,STRICT", keep_what_is_set);
  at::set_num_threads(threads);
  at::set_num_interop_threads(1);
  c10::GradMode::set_enabled(false);  // gradients are written by hand, layer by layer
}

}  // namespace scanyard::models
