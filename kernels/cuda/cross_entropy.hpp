//! Softmax cross-entropy with gradient and metric counts on a GPU, for R replicas
//! (kernels/cross_entropy.hpp): one warp a position, integer counts by atomics, losses summed per
//! replica in a fixed order. float32 logits.
#pragma once

#include <cstdint>

#include "kernels/cuda/launch.hpp"

namespace scanyard::kernels::cuda {

struct CrossEntropyShape {
  std::int64_t replicas = 0, tokens = 0, classes = 0;
};

/// Device results, all overwritten.
struct CrossEntropyScores {
  double* loss_sum = nullptr;      ///< [R]
  std::int64_t* scored = nullptr;  ///< [R]
  std::int64_t* right = nullptr;   ///< [R]
  std::int64_t* counts = nullptr;  ///< [R, 3, V]: true positives, false negatives, false positives
};

/// logits [R, N, V], replaced by the gradient of each replica's mean loss with `gradient`; targets
/// [R, N] int32, -100 = not scored. workspace [R, N] float.
Status cross_entropy(const CrossEntropyShape& shape, float* logits, const std::int32_t* targets,
                     bool gradient, const CrossEntropyScores& scores, float* workspace,
                     Stream stream);

}  // namespace scanyard::kernels::cuda
