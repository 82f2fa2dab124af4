//! One AdamW update of all parameters of all replicas on a GPU (kernels/adamw.hpp), each with its
//! own scalars, read from a table on the device so that a recorded step needs nothing of the host.
//! Bytes a parameter: 16 read, 12 written, and 2 for the bf16 copy.
#pragma once

#include <cstdint>

#include "kernels/adamw.hpp"
#include "kernels/cuda/launch.hpp"
#include "kernels/types.hpp"

namespace scanyard::kernels::cuda {

/// Arrays [R, P] on the device, P a multiple of 4.
struct AdamwArrays {
  const float* gradients = nullptr;
  float* values = nullptr;
  float* first_moments = nullptr;
  float* second_moments = nullptr;
  Bf16* factors = nullptr;  ///< the new values once more for products; nullptr = not wanted
};

/// Replica r is updated with row rows[slot[r] - 1][r] of `rows` [S, R]; slot nullptr: row [0][r].
Status adamw_step(std::int64_t replicas, std::int64_t parameters, const AdamwRow* rows,
                  const std::int32_t* slot, const AdamwArrays& arrays, Stream stream);

}  // namespace scanyard::kernels::cuda
