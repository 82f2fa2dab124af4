//! Softmax cross-entropy of one batch of one replica with its gradient and the counts of the
//! metric, in one pass over the logits. Letters: n positions, V classes. Bytes in float32: reads
//! 4nV, writes 4nV with the gradient. T is float or double. Threads: none inside. Sums run over
//! positions in order, so a batch's numbers depend on it only.
#pragma once

#include <cstdint>

namespace scanyard::kernels {

/// Target of a position that is not scored.
inline constexpr std::int32_t ignored_target = -100;

/// Results are added to, so that the caller zeroes them (and may sum several calls).
struct MetricCounts {
  std::int64_t* true_positives = nullptr;  ///< [V] scored positions predicted right, per class
  std::int64_t* false_negatives =
      nullptr;  ///< [V] targets of the class that were predicted as another
  std::int64_t* false_positives =
      nullptr;  ///< [V] predictions of the class where the target was another
};

struct CrossEntropy {
  double loss_sum = 0;      ///< sum of -log p(target) over scored positions, nats
  std::int64_t scored = 0;  ///< positions whose target is not ignored
  std::int64_t right = 0;   ///< scored positions whose prediction is the target
};

/// logits [n, V], targets [n] in 0..V-1 or `ignored_target` (trusted: the caller has checked). The
/// prediction is the largest logit, the first of equal ones, NaN counting as the largest (as
/// torch.argmax). Counts are left alone where `counts` is nullptr. dlogits [n, V], where not
/// nullptr, gets the gradient of the mean loss over scored positions, (softmax - onehot) / scored,
/// and 0 at ignored ones; it may be logits.
template <class T>
CrossEntropy cross_entropy(const T* logits, const std::int32_t* targets, T* dlogits,
                           const MetricCounts* counts, std::int64_t n, std::int64_t V);

/// Macro accuracy of protocol.md 4.3 from one batch's counts: mean over classes that occur as
/// target or prediction of tp / (tp + fn), 0 for a class without targets; 0 when no class occurs.
double macro_accuracy(const MetricCounts& counts, std::int64_t V);

}  // namespace scanyard::kernels
