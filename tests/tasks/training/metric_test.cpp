#include "tasks/training/metric.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <vector>

namespace scanyard::training {
namespace {

TEST_CASE("macro accuracy leaves out absent classes and counts predicted-only ones as zero") {
  // Classes: 0 right 3 of 4, 1 right 1 of 1, 2 absent, 3 only predicted (once, instead of 0).
  const std::vector<std::int64_t> counts = {3, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1};
  const Metric metric = batch_metric({5 * std::log(2.0), 5, 4, counts});
  CHECK(metric.macro_accuracy == (0.75 + 1.0 + 0.0) / 3);
  CHECK(metric.micro_accuracy == 0.8);
  CHECK(std::abs(metric.perplexity - 2) < 1e-12);
}

TEST_CASE("a batch without targets has accuracy 0 and no perplexity") {
  const std::vector<std::int64_t> counts(6, 0);
  const Metric metric = batch_metric({0, 0, 0, counts});
  CHECK(metric.macro_accuracy == 0);
  CHECK(metric.micro_accuracy == 0);
  CHECK(std::isnan(metric.perplexity));
}

TEST_CASE("an epoch is the mean of its batches weighted by sequences") {
  EpochMetric epoch;
  epoch.add({1.0, 0.5, 2.0}, 3);
  epoch.add({0.5, 0.25, 4.0}, 1);
  const Metric mean = epoch.mean();
  CHECK(mean.macro_accuracy == 0.875);
  CHECK(mean.micro_accuracy == 0.4375);
  CHECK(mean.perplexity == 2.5);
  CHECK(EpochMetric().mean().macro_accuracy == 0);
}

TEST_CASE("what is stored as perplexity is finite") {
  CHECK(capped(2.5) == 2.5);
  CHECK(capped(std::numeric_limits<double>::infinity()) == 1e300);
  CHECK(capped(std::numeric_limits<double>::quiet_NaN()) == 1e300);
  CHECK(capped(1e301) == 1e300);
}

}  // namespace
}  // namespace scanyard::training
