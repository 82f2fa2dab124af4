#include "common/tables/cell_statistics.hpp"

#include <algorithm>
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_adapters.hpp>
#include <catch2/generators/catch_generators_random.hpp>
#include <cmath>
#include <random>

#include "tests/common/tables/builders.hpp"

namespace scanyard::tables {
namespace {

EpochPoint point(int epoch, double accuracy, double perplexity) {
  return {.epoch = epoch,
          .step = epoch * 10,
          .train_loss = 0.5,
          .test_accuracy = accuracy,
          .test_micro_accuracy = accuracy / 2,
          .test_perplexity = perplexity};
}

StatisticsRun run(std::uint8_t number, std::optional<double> value,
                  RunState state = RunState::finished) {
  StatisticsRun one;
  one.run = make_run(number);
  one.state = state;
  one.value = value;
  return one;
}

TEST_CASE("the value of a run is its metric at the reported epoch") {
  RunOutcome outcome;
  outcome.at_lowest_perplexity = point(3, 0.7, 2.0);
  outcome.at_best_accuracy = point(4, 0.8, 2.5);
  outcome.at_last = point(9, 0.6, 3.0);
  spec::Selection selection;
  CHECK(reported_value(outcome, selection) == 0.7);
  selection.report = spec::ReportedEpoch::best_accuracy;
  CHECK(reported_value(outcome, selection) == 0.8);
  selection.report = spec::ReportedEpoch::last;
  CHECK(reported_value(outcome, selection) == 0.6);
  selection.metric = spec::Metric::perplexity;
  CHECK(reported_value(outcome, selection) == 3.0);
  selection.metric = spec::Metric::micro_accuracy;
  CHECK(reported_value(outcome, selection) == 0.3);
}

TEST_CASE("a run that diverged after an evaluation keeps its value, one before has none") {
  RunOutcome outcome;
  outcome.diverged = true;
  CHECK_FALSE(reported_value(outcome, {}));
  outcome.at_lowest_perplexity = point(1, 0.4, 5.0);
  CHECK(reported_value(outcome, {}) == 0.4);
  outcome.at_lowest_perplexity->test_accuracy = std::nan("");
  CHECK_FALSE(reported_value(outcome, {}));
}

TEST_CASE("the best run wins, and of equals the one with the smallest id") {
  spec::Selection selection;
  const auto best = cell_statistics({run(3, 0.9), run(2, 0.9), run(1, 0.1)}, selection);
  CHECK(best.value == 0.9);
  CHECK(best.best_run == make_run(2));
  selection.metric = spec::Metric::perplexity;
  const auto lowest = cell_statistics({run(3, 0.9), run(1, 0.1)}, selection);
  CHECK(lowest.value == 0.1);
  CHECK(lowest.best_run == make_run(1));
}

TEST_CASE("averaged axes are averaged before the best is taken") {
  spec::Selection selection;
  selection.maximise = {"lr"};
  selection.average = {"seed"};
  std::vector<StatisticsRun> runs = {run(1, 0.2), run(2, 1.0), run(3, 0.7), run(4, 0.8)};
  runs[0].maximised_json = runs[1].maximised_json = R"({"lr":0.001})";
  runs[2].maximised_json = runs[3].maximised_json = R"({"lr":0.01})";
  const auto statistics = cell_statistics(runs, selection);
  CHECK(statistics.value == Catch::Approx(0.75));
  CHECK(statistics.best_run == make_run(4));
  CHECK(statistics.maximum == 1.0);
}

TEST_CASE("diverged, failed and open runs are counted and give no value") {
  const auto statistics = cell_statistics(
      {run(1, {}, RunState::diverged), run(2, 0.9, RunState::queued), run(3, {}, RunState::failed),
       run(4, 0.4, RunState::diverged), run(5, {}, RunState::cancelled)},
      {});
  CHECK(statistics.value == 0.4);
  CHECK(statistics.counts.diverged == 2);
  CHECK(statistics.counts.queued == 1);
  CHECK(statistics.counts.total() == 5);
  CHECK(statistics.mean == 0.4);
  CHECK_FALSE(statistics.standard_deviation);
}

TEST_CASE("spread and median are over the runs with a value") {
  const auto s = cell_statistics({run(1, 1), run(2, 2), run(3, 4), run(4, 5)}, {});
  CHECK(s.mean == 3.0);
  CHECK(s.median == 3.0);
  CHECK(s.minimum == 1.0);
  CHECK(s.maximum == 5.0);
  CHECK_FALSE(s.expected_best_of_5);
  CHECK(*s.standard_deviation == Catch::Approx(std::sqrt(10.0 / 3)));
}

TEST_CASE("what the best of five runs would be shows how much a maximum owes to many tries") {
  std::vector<StatisticsRun> runs;
  for (std::uint8_t i = 0; i < 15; ++i)
    runs.push_back(run(i, i == 0 ? 1.0 : 0.2));
  const auto s = cell_statistics(runs, {});
  CHECK(s.value == 1.0);
  // One of fifteen is among five with probability 1/3.
  CHECK(*s.expected_best_of_5 == Catch::Approx(0.2 + 0.8 / 3));
  spec::Selection lowest;
  lowest.metric = spec::Metric::perplexity;
  CHECK(*cell_statistics(runs, lowest).expected_best_of_5 == Catch::Approx(0.2));
}

TEST_CASE("sizes of a cell are selected one by one") {
  std::vector<StatisticsRun> runs = {run(1, 0.3), run(2, 0.5), run(3, 0.9), run(4, {})};
  runs[0].state_size = runs[1].state_size = 64;
  runs[2].state_size = 128;
  runs[2].solved = true;
  runs[3].state = RunState::queued;
  runs[3].state_size = 256;
  const auto s = cell_statistics(runs, {});
  REQUIRE(s.by_state.size() == 2);
  CHECK(s.by_state[0].state == 64);
  CHECK(s.by_state[0].value == 0.5);
  CHECK(s.by_state[0].results == 2);
  CHECK(s.by_state[1].solved == 1);
}

TEST_CASE("the order in which results arrive changes nothing, to the last bit") {
  const int seed = GENERATE(take(20, random(1, 1'000'000)));
  CAPTURE(seed);
  std::mt19937 random(static_cast<unsigned>(seed));
  spec::Selection selection;
  selection.maximise = {"lr"};
  selection.average = {"seed"};
  std::vector<StatisticsRun> runs;
  for (std::uint8_t i = 0; i < 40; ++i) {
    runs.push_back(run(i, std::uniform_real_distribution<double>(0, 1)(random)));
    runs.back().maximised_json = std::to_string(i % 3);
    runs.back().state_size = 16 << (i % 4);
  }
  const auto once = cell_statistics(runs, selection);
  std::shuffle(runs.begin(), runs.end(), random);
  const auto again = cell_statistics(runs, selection);
  CHECK(once.value == again.value);
  CHECK(once.mean == again.mean);
  CHECK(once.standard_deviation == again.standard_deviation);
  CHECK(once.best_run == again.best_run);
  for (std::size_t i = 0; i < once.by_state.size(); ++i)
    CHECK(once.by_state[i].value == again.by_state[i].value);
}

}  // namespace
}  // namespace scanyard::tables
