#include "tasks/training/metric.hpp"

#include <cmath>
#include <limits>

#include "kernels/cross_entropy.hpp"

namespace scanyard::training {

Metric batch_metric(const BatchCounts& counts) {
  if (counts.scored == 0) return {0, 0, std::numeric_limits<double>::quiet_NaN()};
  const std::size_t classes = counts.by_class.size() / 3;
  // The kernel's struct is for writing, so it takes mutable pointers; here it only reads.
  auto* const first = const_cast<std::int64_t*>(counts.by_class.data());
  const kernels::MetricCounts places{first, first + classes, first + 2 * classes};
  return {kernels::macro_accuracy(places, std::int64_t(classes)),
          double(counts.right) / double(counts.scored),
          std::exp(counts.loss_sum / double(counts.scored))};
}

void EpochMetric::add(const Metric& batch, std::int64_t sequences) {
  const auto weight = double(sequences);
  sum_.macro_accuracy += weight * batch.macro_accuracy;
  sum_.micro_accuracy += weight * batch.micro_accuracy;
  sum_.perplexity += weight * batch.perplexity;
  sequences_ += sequences;
}

Metric EpochMetric::mean() const {
  if (sequences_ == 0) return {};
  const auto all = double(sequences_);
  return {sum_.macro_accuracy / all, sum_.micro_accuracy / all, sum_.perplexity / all};
}

double capped(double perplexity) {
  return perplexity <= perplexity_max ? perplexity : perplexity_max;
}

}  // namespace scanyard::training
