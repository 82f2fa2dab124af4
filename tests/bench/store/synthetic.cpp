#include "tests/bench/store/synthetic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/hash.hpp"

namespace scanyard::store {
namespace {

constexpr const char* rates[] = {"0.001", "0.0005", "0.0001"};
constexpr int ms[] = {1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 32};

void add_cell(spec::Expansion& expansion, std::size_t number, std::int64_t first_seed, int seeds) {
  const int m = ms[number % std::size(ms)];
  const std::size_t train = 100 + number / std::size(ms);
  const auto cell = static_cast<std::uint32_t>(expansion.cells.size());
  const auto shape = static_cast<std::uint32_t>(expansion.shapes.size());
  const std::string json = fmt::format(
      R"({{"backbone":"lm","batch":128,"epochs":200,"gate":"softmax","group":5,"hidden":64,)"
      R"("layers":1,"length":16,"m":{},"model":"bdlru","precision":"bf16","protocol_version":1,)"
      R"("schedule":"cosine","task":"permutation","task_version":1,"test":1280,"train":{},)"
      R"("width":128}})",
      m, train);
  expansion.shapes.push_back({.json = json, .cost = {1e9, 31'400, 1e9, 5e7}, .state = 64.0 * m});
  expansion.cells.push_back({.json = json,
                             .label = fmt::format(R"({{"m":{},"train":{}}})", m, train),
                             .published = spec::PublishedKey{"BD-LRU", m, "S5", "n100000"},
                             .state = 64.0 * m});
  Hasher prefix;
  prefix.update(json).update("\n");
  for (const char* rate : rates) {
    for (int seed = 0; seed < seeds; ++seed) {
      spec::ExpandedRun run;
      run.shape = shape;
      run.replica_json = fmt::format(R"({{"early_stop":0.999,"lr":{},"lr_min":1e-05,"seed":{},)"
                                     R"("weight_decay":0}})",
                                     rate, first_seed + seed);
      run.id = Hasher(prefix).update(run.replica_json).finish();
      expansion.memberships.push_back({cell, static_cast<std::uint32_t>(expansion.runs.size())});
      expansion.runs.push_back(std::move(run));
    }
  }
}

}  // namespace

SubmitSweep synthetic_sweep(std::size_t runs, std::int64_t first_seed, int seeds) {
  auto expansion = std::make_shared<spec::Expansion>();
  expansion->name = fmt::format("synthetic_{}", runs);
  expansion->selection.maximise = {"lr", "seed", "hidden"};
  expansion->layout = {.rows = {"model", "m"}, .columns = {"train"}};
  expansion->runs.reserve(runs + 3 * static_cast<std::size_t>(seeds));
  for (std::size_t cell = 0; expansion->runs.size() < runs; ++cell)
    add_cell(*expansion, cell, first_seed, seeds);
  return {.expansion = std::move(expansion), .spec_text = "synthetic", .at = TimePoint{1}};
}

RecordAttempt synthetic_result(const RunId& run, std::int64_t number, int points) {
  RecordAttempt write;
  write.report = {.run = run,
                  .token = {Epoch{1}, number},
                  .end = AttemptEnd::finished,
                  .started = TimePoint{1'790'000'000'000},
                  .ended = TimePoint{1'790'000'100'000 + number}};
  const double reach = run.bytes[0] / 255.0;
  const auto point_at = [&](int epoch) {
    const double share = 1 - std::exp(-epoch / 30.0);
    return EpochPoint{.epoch = epoch,
                      .step = epoch * 157,
                      .train_loss = 1.79 * (1 - reach * share),
                      .test_accuracy = 0.2 + 0.8 * reach * share,
                      .test_micro_accuracy = 0.21 + 0.79 * reach * share,
                      .test_perplexity = 1 + 5 * (1 - reach * share)};
  };
  for (int epoch = 1; epoch <= points; ++epoch)
    write.report.curve.push_back(point_at(epoch));
  RunOutcome outcome;
  outcome.epochs_done = std::max(points, 1);
  outcome.steps_done = outcome.epochs_done * 157;
  outcome.at_last = point_at(outcome.epochs_done);
  outcome.at_lowest_perplexity = outcome.at_best_accuracy = outcome.at_last;
  outcome.train_s = 98.25;
  outcome.pack_size = 15;
  outcome.device = "NVIDIA H100 80GB HBM3";
  outcome.build = "0.1.0 abcdef0";
  write.report.outcome = outcome;
  write.worker = fmt::format("node{}-gpu", run.bytes[1] % 16);
  write.state_after = RunState::finished;
  return write;
}

}  // namespace scanyard::store
