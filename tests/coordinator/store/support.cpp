#include "tests/coordinator/store/support.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>

#include "common/hash.hpp"
#include "common/text.hpp"
#include "coordinator/store/sql.hpp"

namespace scanyard::store {

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "scanyard-store-XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

spec::Expansion make_expansion(const SmallSweep& sweep) {
  spec::Expansion expansion;
  expansion.name = sweep.name;
  expansion.selection = sweep.selection;
  for (const int m : sweep.ms) {
    const auto cell = static_cast<std::uint32_t>(expansion.cells.size());
    const std::string keys =
        fmt::format(R"("group":{},"m":{},"model":"bdlru","task":"permutation")", sweep.group, m);
    spec::ExpandedCell one;
    one.json = "{" + keys + "}";
    one.label = fmt::format(R"({{"m":{}}})", m);
    one.published = spec::PublishedKey{"BD-LRU", m, fmt::format("S{}", sweep.group), "n10000"};
    one.state = sweep.hiddens.size() == 1 ? m * sweep.hiddens[0] : 0;
    expansion.cells.push_back(one);
    for (const int hidden : sweep.hiddens) {
      const auto shape = static_cast<std::uint32_t>(expansion.shapes.size());
      expansion.shapes.push_back(
          {.json = fmt::format(R"({{"group":{},"hidden":{},"m":{},"model":"bdlru","task":)"
                               R"("permutation"}})",
                               sweep.group, hidden, m),
           .cost = {.flops_per_step = 10, .steps = 5, .evaluation_flops = 1, .memory_bytes = 64},
           .parameters = 7,
           .state = double(m) * hidden});
      for (const double lr : sweep.lrs) {
        for (const int seed : sweep.seeds) {
          spec::ExpandedRun run;
          run.shape = shape;
          run.replica_json = fmt::format(R"({{"lr":{},"seed":{}}})", canonical_number(lr), seed);
          Hasher hasher;
          hasher.update(expansion.shapes.back().json).update("\n").update(run.replica_json);
          run.id = hasher.finish();
          expansion.memberships.push_back(
              {cell, static_cast<std::uint32_t>(expansion.runs.size())});
          expansion.runs.push_back(run);
        }
      }
    }
  }
  return expansion;
}

SubmitSweep make_submission(const SmallSweep& sweep, std::string request_id) {
  return {.expansion = std::make_shared<spec::Expansion>(make_expansion(sweep)),
          .spec_text = "sweep: " + sweep.name + "\n",
          .source_name = "sweeps/" + sweep.name + ".yaml",
          .submitted_by = "ada",
          .request_id = std::move(request_id),
          .at = TimePoint{5'000}};
}

std::unique_ptr<Writer> open_writer(const std::filesystem::path& path, std::int64_t now_ms) {
  auto writer = Writer::open({.path = path}, TimePoint{now_ms});
  INFO((writer ? "" : writer.error().to_string()));
  REQUIRE(writer.has_value());
  return std::move(*writer);
}

std::unique_ptr<DatabaseReadModel> open_reader(const std::filesystem::path& path,
                                               LiveStatusSource live) {
  auto reader = DatabaseReadModel::open({.path = path, .live = std::move(live), .build = "test"});
  INFO((reader ? "" : reader.error().to_string()));
  REQUIRE(reader.has_value());
  return std::move(*reader);
}

std::vector<EpochPoint> make_curve(int epochs, double accuracy) {
  std::vector<EpochPoint> curve;
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    const double share = static_cast<double>(epoch) / epochs;
    curve.push_back({.epoch = epoch,
                     .step = epoch * 157,
                     .train_loss = 2 - share,
                     .test_accuracy = accuracy * share,
                     .test_micro_accuracy = accuracy * share / 2,
                     .test_perplexity = 6 - 4 * share});
  }
  return curve;
}

RecordAttempt make_result(const RunId& run, double accuracy, Token token) {
  RecordAttempt write;
  write.report = {.run = run,
                  .token = token,
                  .end = AttemptEnd::finished,
                  .started = TimePoint{10'000},
                  .ended = TimePoint{20'000},
                  .curve = make_curve(3, accuracy)};
  RunOutcome outcome;
  outcome.epochs_done = 3;
  outcome.steps_done = 471;
  outcome.solved = accuracy > 0.999;
  outcome.at_lowest_perplexity = write.report.curve.back();
  outcome.at_best_accuracy = write.report.curve.back();
  outcome.at_last = write.report.curve.back();
  outcome.train_s = 9.5;
  outcome.pack_size = 4;
  outcome.device = "cpu: test, 1 thread";
  outcome.build = "0.1.0 abc";
  write.report.outcome = outcome;
  write.worker = "node1-a";
  write.state_after = RunState::finished;
  return write;
}

RecordAttempt make_diverged(const RunId& run, Token token) {
  auto write = make_result(run, 0, token);
  write.report.end = AttemptEnd::diverged;
  write.report.message = "the loss became not a number at step 12";
  write.report.curve.clear();
  write.report.outcome->diverged = true;
  write.report.outcome->at_lowest_perplexity.reset();
  write.report.outcome->at_best_accuracy.reset();
  write.report.outcome->at_last.reset();
  write.state_after = RunState::diverged;
  return write;
}

RecordAttempt make_end(const RunId& run, AttemptEnd end, Token token, RunState state_after) {
  RecordAttempt write;
  write.report = {.run = run,
                  .token = token,
                  .end = end,
                  .reason = "trainer.killed",
                  .message = "the trainer was killed by signal 9",
                  .log_tail = "last words",
                  .started = TimePoint{10'000},
                  .ended = TimePoint{11'000}};
  write.worker = "node1-a";
  write.state_after = state_after;
  return write;
}

ApplyOutcome apply(Writer& writer, std::vector<StoreWrite> batch) {
  auto outcome = writer.apply(batch);
  INFO((outcome ? "" : outcome.error().to_string()));
  REQUIRE(outcome.has_value());
  return *outcome;
}

std::vector<std::string> query(const std::filesystem::path& path, const std::string& sql) {
  Database database(path, SQLITE_OPEN_READONLY);
  Prepared rows(database, sql);
  std::vector<std::string> texts;
  while (rows.step())
    texts.push_back(rows.is_null(0) ? "NULL" : std::string(rows.text(0)));
  return texts;
}

std::string query_one(const std::filesystem::path& path, const std::string& sql) {
  const auto rows = query(path, sql);
  REQUIRE(rows.size() == 1);
  return rows[0];
}

std::string sums_contradiction(const std::filesystem::path& path) {
  const auto sweeps = query(path, R"(
    SELECT 'sweep ' || s.id FROM sweep s JOIN sweep_count c ON c.sweep = s.id
    WHERE c.open + c.finished + c.diverged + c.failed + c.cancelled <> s.runs
      OR (c.open, c.finished, c.diverged, c.failed, c.cancelled) IS NOT (
        SELECT sum(state = 0), sum(state = 1), sum(state = 2), sum(state = 3), sum(state = 4)
        FROM run WHERE key IN (SELECT m.run FROM cell JOIN membership m ON m.cell = cell.id
          WHERE cell.sweep = s.id)))");
  if (!sweeps.empty()) return sweeps[0] + ": the counts are not those of its runs";
  const auto totals = query(path, R"(
    SELECT 'cell ' || t.cell FROM cell_summary t WHERE
      t.open + t.finished + t.diverged + t.failed + t.cancelled
      <> (SELECT count(*) FROM membership m WHERE m.cell = t.cell))");
  if (!totals.empty()) return totals[0] + ": the states do not add up to its runs";
  const auto cells = query(path, R"(
    SELECT 'cell ' || t.cell FROM cell_summary t
    WHERE t.cell NOT IN (SELECT cell FROM stale_cell) AND
      (t.open, t.finished, t.diverged, t.failed, t.cancelled) IS NOT (
        SELECT sum(state = 0), sum(state = 1), sum(state = 2), sum(state = 3), sum(state = 4)
        FROM membership m JOIN run r ON r.key = m.run WHERE m.cell = t.cell))");
  if (!cells.empty()) return cells[0] + ": the counts are not those of its runs";
  const auto results = query(path, R"(
    SELECT lower(hex(r.id)) FROM run r LEFT JOIN result o ON o.run = r.key
    WHERE (r.state IN (1, 2)) <> (o.run IS NOT NULL))");
  if (!results.empty()) return "run " + results[0] + ": done without a result, or the reverse";
  return "";
}

}  // namespace scanyard::store
