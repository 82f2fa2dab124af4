#include "tasks/training/progress.hpp"

namespace scanyard::training {
namespace {

/// First point that no earlier or later one is better than; `better(a, b)`: a beats b.
template <class Better>
std::optional<EpochPoint> best(const std::vector<EpochPoint>& curve, const Better& better) {
  std::optional<EpochPoint> found;
  for (const auto& point : curve) {
    if (!found || better(point, *found)) found = point;
  }
  return found;
}

}  // namespace

std::optional<EpochPoint> at_lowest_perplexity(const std::vector<EpochPoint>& curve) {
  return best(curve, [](const EpochPoint& a, const EpochPoint& b) {
    return a.test_perplexity < b.test_perplexity;
  });
}

std::optional<EpochPoint> at_best_accuracy(const std::vector<EpochPoint>& curve) {
  return best(curve, [](const EpochPoint& a, const EpochPoint& b) {
    return a.test_accuracy > b.test_accuracy;
  });
}

RunOutcome outcome_of(const Progress& progress, RunEnd end) {
  RunOutcome outcome;
  outcome.diverged = end == RunEnd::diverged;
  outcome.solved = end == RunEnd::solved;
  outcome.epochs_done = progress.epochs_done();
  outcome.steps_done = progress.steps_done;
  outcome.at_lowest_perplexity = at_lowest_perplexity(progress.curve);
  outcome.at_best_accuracy = at_best_accuracy(progress.curve);
  if (!progress.curve.empty()) outcome.at_last = progress.curve.back();
  return outcome;
}

}  // namespace scanyard::training
