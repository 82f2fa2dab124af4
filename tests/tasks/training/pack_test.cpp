//! Packs against single runs, bit for bit: with a partial batch, an early stop, a late joiner, a
//! stopped neighbour and a continuation from a checkpoint.
#include "tasks/training/pack.hpp"

#include <ATen/Parallel.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <map>

#include "tasks/training/checkpoint.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/tasks/models/model_support.hpp"

namespace scanyard::training {
namespace {

namespace lines = trainer_lines;
using testing::same_bits;

RunId run_id(std::uint8_t n) {
  RunId id;
  id.bytes.fill(n);
  return id;
}

/// S2 with three elements each and 40 sequences in batches of 16: the last one has 8.
catalog::ShapeConfig shape_of(const std::string& mixer, int epochs = 4) {
  return testing::parsed("{" + mixer +
                         R"(,"width":16,"layers":1,"task":"permutation","group":3,"length":5,)"
                         R"("train":40,"test":24,"batch":16,"precision":"fp32","epochs":)" +
                         std::to_string(epochs) + "}");
}

const char* const bdlru = R"("model":"bdlru","m":2,"hidden":4)";

catalog::ReplicaConfig values(double lr, std::uint64_t seed, double early_stop = 1) {
  return {.lr = lr, .lr_min = 1e-5, .weight_decay = 0.01, .early_stop = early_stop, .seed = seed};
}

Surroundings surroundings() {
  return {.options = at::TensorOptions().dtype(at::kFloat),
          .now_s = [] { return 0.0; },
          .device = "cpu: test",
          .build = "test"};
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
        REQUIRE(outcomes.emplace(finished.run, finished.outcome).second);
      }
    }
  }
};

Seen trained(const catalog::ShapeConfig& shape, const std::vector<RunState>& runs) {
  Pack pack(shape, surroundings());
  for (const auto& run : runs)
    pack.add(run);
  Seen seen;
  while (!pack.empty())
    seen.take(pack.advance());
  return seen;
}

/// Everything but the pack's size, which tells packs and single runs apart on purpose.
void check_same(const Seen& pack, const Seen& alone, const RunId& run) {
  CHECK((pack.curves.at(run) == alone.curves.at(run)));
  RunOutcome a = pack.outcomes.at(run);
  RunOutcome b = alone.outcomes.at(run);
  a.pack_size = b.pack_size = 0;
  CHECK(a == b);
}

TEST_CASE("a pack of three gives the curves and results of three single runs, bit for bit") {
  const auto shape =
      shape_of(GENERATE(as<std::string>(), bdlru, R"("model":"hlru","m":3,"hidden":5)",
                        R"("model":"lstm","hidden":6)"));
  CAPTURE(shape.model);
  const std::vector<RunState> runs = {{run_id(1), values(3e-3, 1), {}, {}},
                                      {run_id(2), values(1e-2, 1), {}, {}},
                                      {run_id(3), values(3e-3, 9), {}, {}}};
  const Seen pack = trained(shape, runs);
  for (const auto& run : runs) {
    check_same(pack, trained(shape, {run}), run.run);
    CHECK(pack.outcomes.at(run.run).epochs_done == 4);
    CHECK(pack.outcomes.at(run.run).steps_done == 12);
    CHECK(pack.outcomes.at(run.run).pack_size == 3);
  }
  // The three runs differ, so that equality above is not the equality of constants.
  CHECK((pack.curves.at(run_id(1)) != pack.curves.at(run_id(2))));
  CHECK((pack.curves.at(run_id(1)) != pack.curves.at(run_id(3))));
}

TEST_CASE("a pack on two threads gives what single runs on two threads give, again and again",
          "[ci]") {
  const auto shape = shape_of(bdlru);
  const std::vector<RunState> runs = {{run_id(1), values(3e-3, 1), {}, {}},
                                      {run_id(2), values(1e-2, 2), {}, {}}};
  at::set_num_threads(2);
  const Seen pack = trained(shape, runs);
  for (const auto& run : runs) {
    check_same(trained(shape, {run}), pack, run.run);
    check_same(trained(shape, {run}), pack, run.run);
  }
  at::set_num_threads(1);
}

TEST_CASE("a run that is solved ends alone, and its neighbours do not notice") {
  const auto shape = shape_of(bdlru, 6);
  // Any accuracy above 0.05 counts as solved for the second run: it ends after its first epoch.
  const std::vector<RunState> runs = {{run_id(1), values(3e-3, 1), {}, {}},
                                      {run_id(2), values(3e-3, 2, 0.05), {}, {}},
                                      {run_id(3), values(3e-3, 3), {}, {}}};
  const Seen pack = trained(shape, runs);
  for (const auto& run : runs)
    check_same(pack, trained(shape, {run}), run.run);
  CHECK(pack.outcomes.at(run_id(2)).solved);
  CHECK(pack.outcomes.at(run_id(2)).epochs_done < 6);
  CHECK_FALSE(pack.outcomes.at(run_id(1)).solved);
  CHECK(pack.outcomes.at(run_id(1)).epochs_done == 6);
}

TEST_CASE("a run that diverges ends alone as diverged, with the epochs that it had") {
  const auto shape = shape_of(R"("model":"bdlru","gate":"no_norm","m":2,"hidden":4)", 6);
  const std::vector<RunState> runs = {{run_id(1), values(3e-3, 1), {}, {}},
                                      {run_id(2), values(1e30, 2), {}, {}},
                                      {run_id(3), values(3e-3, 3), {}, {}}};
  const Seen pack = trained(shape, runs);
  for (const auto& run : {runs[0], runs[2]})
    check_same(pack, trained(shape, {run}), run.run);
  const auto& diverged = pack.outcomes.at(run_id(2));
  CHECK(diverged.diverged);
  CHECK_FALSE(diverged.solved);
  CHECK(diverged.epochs_done < 6);
  CHECK(diverged.at_last.has_value() == (diverged.epochs_done > 0));
  auto alone = trained(shape, {runs[1]}).outcomes.at(run_id(2));
  alone.pack_size = 3;
  CHECK(diverged == alone);
}

TEST_CASE("a run that joins late trains as if it were alone") {
  const auto shape = shape_of(bdlru);
  const RunState early{run_id(1), values(3e-3, 1), {}, {}};
  const RunState late{run_id(2), values(5e-3, 2), {}, {}};
  Pack pack(shape, surroundings());
  pack.add(early);
  Seen seen;
  for (int step = 0; step < 4; ++step)  // one epoch of 3 steps, and one step of the next
    seen.take(pack.advance());
  CHECK_FALSE(pack.at_epoch_boundary());
  pack.add(late);
  while (!pack.empty())
    seen.take(pack.advance());
  check_same(seen, trained(shape, {early}), early.run);
  check_same(seen, trained(shape, {late}), late.run);
  CHECK(seen.outcomes.at(early.run).pack_size == 1);
  CHECK(seen.outcomes.at(late.run).pack_size == 2);
}

TEST_CASE("a run that is stopped in the middle of an epoch leaves its neighbour as it was") {
  const auto shape = shape_of(bdlru);
  const RunState kept{run_id(1), values(3e-3, 1), {}, {}};
  const RunState stopped{run_id(2), values(5e-3, 2), {}, {}};
  Pack pack(shape, surroundings());
  pack.add(stopped);
  pack.add(kept);
  Seen seen;
  for (int step = 0; step < 5; ++step)
    seen.take(pack.advance());
  CHECK(pack.stop(stopped.run));
  CHECK_FALSE(pack.stop(stopped.run));
  CHECK_FALSE(pack.contains(stopped.run));
  while (!pack.empty())
    seen.take(pack.advance());
  CHECK_FALSE(seen.outcomes.contains(stopped.run));
  check_same(seen, trained(shape, {kept}), kept.run);
}

TEST_CASE("a run waiting to join can be stopped, and an emptied pack takes runs again") {
  const auto shape = shape_of(bdlru);
  Pack pack(shape, surroundings());
  pack.add({run_id(1), values(3e-3, 1), {}, {}});
  pack.advance();
  pack.add({run_id(2), values(3e-3, 2), {}, {}});
  CHECK(pack.stop(run_id(2)));
  CHECK(pack.stop(run_id(1)));
  CHECK(pack.empty());
  CHECK(pack.at_epoch_boundary());
  const RunState again{run_id(1), values(3e-3, 1), {}, {}};
  pack.add(again);
  Seen seen;
  while (!pack.empty())
    seen.take(pack.advance());
  check_same(seen, trained(shape, {again}), again.run);
}

/// Trains a pack for some steps, writes every run's checkpoint, and reads them back.
std::vector<RunState> through_files(const catalog::ShapeConfig& shape,
                                    const std::vector<RunState>& runs, int steps) {
  testing::TemporaryFolder folder;
  Pack pack(shape, surroundings());
  for (const auto& run : runs)
    pack.add(run);
  for (int step = 0; step < steps; ++step)
    pack.advance();
  const models::LanguageModel model(shape);
  std::vector<RunState> read;
  for (const auto& state : pack.states()) {
    const CheckpointIdentity identity{state.run, "{}", R"({"lr":1})"};
    const auto path = checkpoint_path(folder.path().string(), state.run);
    REQUIRE(write_checkpoint(path, identity, model.layout(), state));
    auto back = read_checkpoint(path, identity, model.layout());
    if (!back) FAIL(back.error().to_string());
    back->values = state.values;
    CHECK((back->progress.curve == state.progress.curve));
    CHECK(same_bits(back->numbers->values, state.numbers->values));
    CHECK(same_bits(back->numbers->first_moments, state.numbers->first_moments));
    CHECK(same_bits(back->numbers->second_moments, state.numbers->second_moments));
    read.push_back(*back);
  }
  return read;
}

TEST_CASE("a run continued from a checkpoint ends with the bits of one that was never stopped") {
  const auto shape =
      shape_of(GENERATE(as<std::string>(), bdlru, R"("model":"lstm","hidden":6)"), 5);
  const std::vector<RunState> runs = {{run_id(1), values(3e-3, 1), {}, {}},
                                      {run_id(2), values(1e-2, 2), {}, {}}};
  // At the start, within the first epoch, at a boundary, and within a later epoch (3 steps each).
  const int steps = GENERATE(0, 2, 6, 8);
  CAPTURE(steps);
  const auto states = through_files(shape, runs, steps);
  CHECK(states[0].progress.epochs_done() == steps / 3);
  // Each continues in other company: alone, or with a run that starts now.
  const Seen alone = trained(shape, {states[0]});
  const Seen joined = trained(shape, {{run_id(7), values(1e-3, 5), {}, {}}, states[1]});
  check_same(alone, trained(shape, {runs[0]}), runs[0].run);
  check_same(joined, trained(shape, {runs[1]}), runs[1].run);
}

TEST_CASE("a checkpoint of a run that had all its epochs ends at once with its result") {
  const auto shape = shape_of(bdlru, 2);
  const RunState run{run_id(1), values(3e-3, 1), {}, {}};
  Pack pack(shape, surroundings());
  pack.add(run);
  for (int step = 0; step < 3; ++step)
    pack.advance();
  const RunState state = pack.states().at(0);
  const auto shorter = shape_of(bdlru, 1);
  const Seen seen = trained(shorter, {state});
  CHECK(seen.outcomes.at(run.run).epochs_done == 1);
  CHECK((seen.curves.at(run.run).size() == 1));
}

TEST_CASE("training time counts earlier processes and the pack's own clock") {
  const auto shape = shape_of(bdlru, 1);
  double clock = 100;
  auto around = surroundings();
  around.now_s = [&clock] { return clock; };
  around.on_step = [&clock] { clock += 2; };
  Pack pack(shape, around);
  RunState run{run_id(1), values(3e-3, 1), {}, {}};
  run.progress.train_s = 7;
  pack.add(run);
  Seen seen;
  while (!pack.empty())
    seen.take(pack.advance());
  CHECK(seen.outcomes.at(run.run).train_s == 7 + 3 * 2);
  CHECK(seen.outcomes.at(run.run).device == "cpu: test");
  CHECK(seen.outcomes.at(run.run).build == "test");
}

TEST_CASE("a small model learns S3 of length 2, and the reported epoch has the lowest perplexity") {
  const auto shape = testing::parsed(
      R"({"model":"bdlru","m":3,"hidden":8,"width":32,"layers":1,"task":"permutation","group":3,)"
      R"("length":2,"train":400,"test":100,"batch":50,"precision":"fp32","epochs":30})");
  const Seen seen = trained(shape, {{run_id(1), values(1e-2, 1, 0.999), {}, {}}});
  const auto& outcome = seen.outcomes.at(run_id(1));
  CHECK(outcome.solved);
  CHECK(outcome.at_best_accuracy->test_accuracy > 0.999);
  CHECK(outcome.at_last->train_loss < 0.3);
  for (const auto& point : seen.curves.at(run_id(1)))
    CHECK(point.test_perplexity >= outcome.at_lowest_perplexity->test_perplexity);
}

}  // namespace
}  // namespace scanyard::training
