//! What an evaluation says: macro and micro accuracy and perplexity (protocol.md 4.2, 4.3), per
//! batch and then averaged over an epoch's batches, weighted by their numbers of sequences.
#pragma once

#include <cstdint>
#include <span>

namespace scanyard::training {

/// Largest perplexity that is written down; a mean loss above 690 nats, or none, becomes this.
inline constexpr double perplexity_max = 1e300;

/// Sums over the scored positions of one batch.
struct BatchCounts {
  double loss_sum = 0;      ///< -log p(target), nats
  std::int64_t scored = 0;  ///< positions with a target
  std::int64_t right = 0;   ///< of them, predicted right
  std::span<const std::int64_t>
      by_class;  ///< [3, V]: true positives, false negatives, false positives
};

struct Metric {
  double macro_accuracy = 0;  ///< 0 without targets
  double micro_accuracy = 0;  ///< 0 without targets
  double perplexity = 0;      ///< NaN without targets
};

Metric batch_metric(const BatchCounts& counts);

/// Mean of batches. Empty: zeros.
class EpochMetric {
 public:
  void add(const Metric& batch, std::int64_t sequences);
  Metric mean() const;

 private:
  Metric sum_;
  std::int64_t sequences_ = 0;
};

/// `perplexity` where it is at most perplexity_max, else that: what is stored is always finite.
double capped(double perplexity);

}  // namespace scanyard::training
