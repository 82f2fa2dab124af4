//! Softmax cross-entropy with gradient and metric counts on a GPU, for R replicas
//! (kernels/cross_entropy.hpp): one warp a position, integer counts by atomics, losses summed per
//! replica in chunks and then over chunks, always in the same order. Logits are float or Bf16,
//! arithmetic float32, sums of losses float64. Reads the logits once, writes them once with the
//! gradient.
#pragma once

#include <cstdint>

#include "kernels/cuda/launch.hpp"

namespace scanyard::kernels::cuda {

struct CrossEntropyShape {
  std::int64_t replicas = 0, tokens = 0, classes = 0;
};

/// Device results: rows slot[r] - 1 of tables with S rows, or row 0 where slot is nullptr.
struct CrossEntropyScores {
  const std::int32_t* slot = nullptr;  ///< [R]
  double* loss_sum = nullptr;          ///< [S, R]
  /// [S, R]: counted here unless `scored_is_there`.
  std::int64_t* scored = nullptr;
  bool scored_is_there = false;
  std::int64_t* right = nullptr;  ///< [S, R]
  /// [S, R, 3, V]: true positives, false negatives, false positives; added to, and nullptr where
  /// nobody wants them.
  std::int64_t* counts = nullptr;
};

struct CrossEntropyWorkspace {
  double* losses = nullptr;       ///< cross_entropy_workspace()
  std::int64_t* right = nullptr;  ///< as many
  unsigned* counters = nullptr;   ///< [R], zeros before and after
};
std::int64_t cross_entropy_workspace(const CrossEntropyShape& shape);

/// logits [R, N, V], replaced by the gradient of each replica's mean loss with `gradient`; targets
/// [R, N] int32, -100 = not scored.
template <class Logit>
Status cross_entropy(const CrossEntropyShape& shape, Logit* logits, const std::int32_t* targets,
                     bool gradient, const CrossEntropyScores& scores,
                     const CrossEntropyWorkspace& workspace, Stream stream);

}  // namespace scanyard::kernels::cuda
