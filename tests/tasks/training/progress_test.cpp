#include "tasks/training/progress.hpp"

#include <catch2/catch_test_macros.hpp>

namespace scanyard::training {
namespace {

EpochPoint point(int epoch, double accuracy, double perplexity) {
  return {
      .epoch = epoch, .step = 10 * epoch, .test_accuracy = accuracy, .test_perplexity = perplexity};
}

TEST_CASE("the reported epoch is the first of lowest perplexity, not the most accurate one") {
  const std::vector<EpochPoint> curve = {point(1, 0.2, 5), point(2, 0.6, 3), point(3, 0.9, 4),
                                         point(4, 0.9, 3)};
  CHECK(at_lowest_perplexity(curve)->epoch == 2);
  CHECK(at_best_accuracy(curve)->epoch == 3);
  CHECK_FALSE(at_lowest_perplexity({}));
  CHECK_FALSE(at_best_accuracy({}));
}

TEST_CASE("an outcome says how the run ended and how far it came") {
  Progress progress{{point(1, 0.2, 5), point(2, 0.6, 3)}, 27, 0};
  const auto solved = outcome_of(progress, RunEnd::solved);
  CHECK(solved.solved);
  CHECK_FALSE(solved.diverged);
  CHECK(solved.epochs_done == 2);
  CHECK(solved.steps_done == 27);
  CHECK(solved.at_last == point(2, 0.6, 3));
  const auto diverged = outcome_of({{}, 3, 0}, RunEnd::diverged);
  CHECK(diverged.diverged);
  CHECK_FALSE(diverged.at_last);
  CHECK_FALSE(diverged.at_lowest_perplexity);
  CHECK_FALSE(outcome_of(progress, RunEnd::all_epochs).solved);
}

}  // namespace
}  // namespace scanyard::training
