//! Packs on a GPU: recorded steps against direct ones, packs against single runs, bit for bit.
#include "tasks/training/pack.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include <cmath>
#include <map>

#include "tests/tasks/cuda/gpu.hpp"
#include "tests/tasks/models/model_support.hpp"

namespace scanyard::training {
namespace {

namespace lines = trainer_lines;

RunId run_id(std::uint8_t n) {
  RunId id;
  id.bytes.fill(n);
  return id;
}

/// 200 sequences in batches of 64: the last one has 8. Tested by 96: batches of 64 and 32.
catalog::ShapeConfig shape_of(const std::string& mixer, int epochs = 5) {
  return testing::parsed("{" + mixer +
                         R"(,"layers":1,"task":"permutation","group":4,"length":6,"train":200,)"
                         R"("test":96,"batch":64,"epochs":)" +
                         std::to_string(epochs) + "}");
}

const char* const mixers[] = {
    R"("model":"bdlru","m":5,"hidden":16,"width":128,"precision":"bf16")",
    R"("model":"bdlru","m":2,"hidden":4,"width":16,"precision":"fp32")",
    R"("model":"hlru","m":3,"hidden":21,"width":128,"precision":"bf16")",
    R"("model":"lstm","hidden":24,"width":64,"precision":"bf16")",
    R"("model":"lstm","hidden":6,"width":16,"precision":"fp32")"};

catalog::ReplicaConfig values(double lr, std::uint64_t seed, double early_stop = 1) {
  return {.lr = lr, .lr_min = 1e-5, .weight_decay = 0.01, .early_stop = early_stop, .seed = seed};
}

struct Seen {
  std::map<RunId, std::vector<EpochPoint>> curves;
  std::map<RunId, RunOutcome> outcomes;

  void take(const std::vector<lines::Event>& events) {
    for (const auto& event : events) {
      if (const auto* epoch = std::get_if<lines::Epoch>(&event)) {
        curves[epoch->run].push_back(epoch->point);
      } else {
        const auto& finished = std::get<lines::Finished>(event);
        outcomes.emplace(finished.run, finished.outcome);
      }
    }
  }
};

Surroundings surroundings(const at::TensorOptions& options) {
  return {.options = options, .now_s = [] { return 0.0; }, .device = "test", .build = "test"};
}

Seen trained(const catalog::ShapeConfig& shape, const std::vector<RunState>& runs,
             const at::TensorOptions& options) {
  Pack pack(shape, surroundings(options));
  for (const auto& run : runs)
    pack.add(run);
  Seen seen;
  while (!pack.empty())
    seen.take(pack.advance());
  return seen;
}

void check_same(const Seen& pack, const Seen& alone, const RunId& run) {
  const auto curve_of = [&](const Seen& seen) {
    const auto found = seen.curves.find(run);  // a run that diverges at once has none
    return found == seen.curves.end() ? std::vector<EpochPoint>() : found->second;
  };
  CHECK((curve_of(pack) == curve_of(alone)));
  RunOutcome a = pack.outcomes.at(run), b = alone.outcomes.at(run);
  a.pack_size = b.pack_size = 0;
  CHECK(a == b);
}

TEST_CASE("a pack on a GPU gives the results of single runs there, bit for bit") {
  const auto options = testing::gpu();
  const auto shape = shape_of(GENERATE(from_range(std::begin(mixers), std::end(mixers))));
  CAPTURE(shape.model, shape.width);
  std::vector<RunState> runs;
  for (std::uint8_t n = 1; n <= 15; ++n)
    runs.push_back({run_id(n), values(n % 3 == 0 ? 3e-3 : 1e-2, n % 5), {}, {}});
  const Seen pack = trained(shape, runs, options);
  for (const std::size_t n : {0, 1, 7, 14})
    check_same(pack, trained(shape, {runs[n]}, options), runs[n].run);
  CHECK(pack.outcomes.at(runs[0].run).steps_done == 20);
  CHECK((pack.curves.at(runs[0].run) != pack.curves.at(runs[1].run)));
  check_same(pack, trained(shape, runs, options), runs[3].run);
}

TEST_CASE("training on a GPU follows training on a CPU") {
  const auto options = testing::gpu();
  const auto shape = shape_of(R"("model":"bdlru","m":3,"hidden":8,"width":32,"precision":"fp32")");
  const RunState run{run_id(1), values(3e-3, 1), {}, {}};
  const Seen here = trained(shape, {run}, options);
  const Seen cpu = trained(shape, {run}, at::TensorOptions().dtype(at::kFloat));
  for (std::size_t e = 0; e < 5; ++e) {  // twenty steps
    const EpochPoint& a = here.curves.at(run.run).at(e);
    const EpochPoint& b = cpu.curves.at(run.run).at(e);
    CHECK(std::abs(a.train_loss - b.train_loss) < 1e-4 * b.train_loss);
    CHECK(std::abs(a.test_perplexity - b.test_perplexity) < 1e-3 * b.test_perplexity);
    CHECK(std::abs(a.test_micro_accuracy - b.test_micro_accuracy) < 0.01);
  }
}

TEST_CASE("on a GPU too, runs that are solved or diverge end alone") {
  const auto options = testing::gpu();
  const auto shape = shape_of(
      R"("model":"bdlru","gate":"no_norm","m":2,"hidden":16,"width":32,"precision":"bf16")", 6);
  const std::vector<RunState> runs = {{run_id(1), values(3e-3, 1), {}, {}},
                                      {run_id(2), values(1e30, 2), {}, {}},
                                      {run_id(3), values(3e-3, 3, 0.02), {}, {}},
                                      {run_id(4), values(1e-2, 4), {}, {}}};
  const Seen pack = trained(shape, runs, options);
  for (const auto& run : runs)
    check_same(pack, trained(shape, {run}, options), run.run);
  CHECK(pack.outcomes.at(run_id(2)).diverged);
  CHECK(pack.outcomes.at(run_id(3)).solved);
  CHECK(pack.outcomes.at(run_id(3)).epochs_done < 6);
  CHECK(pack.outcomes.at(run_id(4)).epochs_done == 6);
}

TEST_CASE("on a GPU too, a late joiner, a stop and a continuation change no bit of the others") {
  const auto options = testing::gpu();
  auto shape = shape_of(GENERATE(from_range(std::begin(mixers), std::end(mixers))));
  shape.train = 64 * 70 + 8;  // more steps an epoch than are started at once
  const RunState first{run_id(1), values(3e-3, 1), {}, {}};
  const RunState second{run_id(2), values(1e-2, 2), {}, {}};
  const RunState late{run_id(3), values(5e-3, 3), {}, {}};
  Pack pack(shape, surroundings(options));
  pack.add(first);
  pack.add(second);
  Seen seen;
  seen.take(pack.advance());
  seen.take(pack.advance());  // the end of the first epoch
  REQUIRE(pack.at_epoch_boundary());
  seen.take(pack.advance());
  REQUIRE_FALSE(pack.at_epoch_boundary());
  pack.add(late);
  const std::vector<RunState> states = pack.states();
  REQUIRE(states.size() == 3);
  CHECK(pack.stop(second.run));
  while (!pack.empty())
    seen.take(pack.advance());
  check_same(seen, trained(shape, {first}, options), first.run);
  check_same(seen, trained(shape, {late}, options), late.run);
  // The waiting run stands first; the second one continues from its boundary in other company.
  const Seen whole = trained(shape, {second}, options);
  check_same(trained(shape, {states[2], {run_id(9), values(1e-3, 9), {}, {}}}, options), whole,
             second.run);
}

}  // namespace
}  // namespace scanyard::training
