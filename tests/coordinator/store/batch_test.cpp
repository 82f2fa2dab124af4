#include "coordinator/store/batch.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "tests/coordinator/store/support.hpp"

namespace scanyard::store {
namespace {

/// A writer with one submitted sweep of 12 runs.
struct Store {
  TemporaryFolder folder;
  std::unique_ptr<Writer> writer = open_writer(folder / "a.db");
  std::vector<OpenRun> runs = writer->submit(make_submission())->open;

  std::string one(const std::string& sql) const { return query_one(folder / "a.db", sql); }
  std::string counts() const {
    return one(
        "SELECT open || ' ' || finished || ' ' || diverged || ' ' || failed || ' ' || "
        "cancelled FROM sweeps");
  }
  std::string state(std::size_t run) const {
    return one("SELECT state FROM runs WHERE run = '" + runs[run].id.hex() + "'");
  }
};

TEST_CASE("a result is stored whole and ends the run") {
  Store s;
  const auto outcome = apply(*s.writer, {make_result(s.runs[0].id, 0.875)});
  CHECK(outcome.duplicates.empty());
  CHECK(s.counts() == "11 1 0 0 0");
  CHECK(s.one("SELECT accuracy FROM runs WHERE state = 'finished'") == "0.875");
  CHECK(s.one("SELECT device || '|' || worker || '|' || pack_size FROM runs WHERE accuracy > 0") ==
        "cpu: test, 1 thread|node1-a|4");
  CHECK(s.one("SELECT finished_at FROM runs WHERE state = 'finished'") == "1970-01-01T00:00:20Z");
  CHECK(sums_contradiction(s.folder / "a.db") == "");
}

TEST_CASE("a second result of a run changes nothing and is named as a duplicate") {
  Store s;
  apply(*s.writer, {make_result(s.runs[0].id, 0.875)});
  const auto outcome = apply(
      *s.writer, {make_result(s.runs[1].id, 0.5), make_result(s.runs[0].id, 0.999, {Epoch{2}, 7}),
                  make_diverged(s.runs[0].id, {Epoch{2}, 8}),
                  make_end(s.runs[0].id, AttemptEnd::failed, {Epoch{2}, 9}, RunState::failed)});
  CHECK(outcome.duplicates == std::vector<std::size_t>{1, 2, 3});
  CHECK(s.counts() == "10 2 0 0 0");
  CHECK(s.one("SELECT group_concat(accuracy) FROM runs WHERE state = 'finished'") == "0.875,0.5");
  CHECK(s.one("SELECT finished || ' ' || failed FROM workers") == "2 0");
  CHECK(s.one("SELECT count(*) FROM attempts") == "2");
}

TEST_CASE("a diverged run is a result with a status, not a silent NULL") {
  Store s;
  apply(*s.writer, {make_diverged(s.runs[0].id)});
  CHECK(s.counts() == "11 0 1 0 0");
  CHECK(s.one("SELECT state || '|' || status || '|' || error FROM runs WHERE state = 'diverged'") ==
        "diverged|no evaluation|the loss became not a number at step 12");
}

TEST_CASE("numbers that are not finite survive as what they are") {
  Store s;
  auto result = make_diverged(s.runs[0].id);
  EpochPoint point{.epoch = 2, .step = 20, .train_loss = NAN, .test_accuracy = 0.25};
  point.test_perplexity = 1e300;
  result.report.outcome->at_last = point;
  result.report.outcome->at_lowest_perplexity = point;
  result.report.outcome->at_lowest_perplexity->test_accuracy = NAN;
  apply(*s.writer, {result});
  CHECK(s.one("SELECT status FROM runs WHERE state = 'diverged'") == "not a number");
  const auto run = open_reader(s.folder / "a.db")->run(s.runs[0].id);
  REQUIRE(run);
  REQUIRE(run->outcome->at_last);
  CHECK(std::isnan(run->outcome->at_last->train_loss));
  CHECK(run->outcome->at_last->test_accuracy == 0.25);
  CHECK(run->outcome->at_last->test_perplexity == 1e300);
  REQUIRE(s.writer->refresh() == 0);
  CHECK(s.one("SELECT status FROM cells WHERE m = 1") == "open");
}

TEST_CASE("ends without a result are recorded once each and count failures once") {
  Store s;
  const RunId run = s.runs[0].id;
  const auto failed = make_end(run, AttemptEnd::failed, {Epoch{1}, 1});
  CHECK(apply(*s.writer, {failed}).duplicates.empty());
  CHECK(apply(*s.writer, {failed, failed}).duplicates.size() == 2);
  apply(*s.writer, {make_end(run, AttemptEnd::released, {Epoch{1}, 2}),
                    make_end(run, AttemptEnd::lost, {Epoch{1}, 3})});
  CHECK(s.one("SELECT failures FROM run WHERE failures > 0") == "1");
  CHECK(s.counts() == "12 0 0 0 0");
  CHECK(s.one("SELECT group_concat(token || ' ' || end) FROM attempts") ==
        "1.1 failed,1.2 released,1.3 lost");
  CHECK(s.one("SELECT failed FROM workers") == "1");
  CHECK(s.one("SELECT error FROM runs WHERE failures = 1") == "the trainer was killed by signal 9");
}

TEST_CASE("what the worker says of a lost attempt replaces the loss, never the other way") {
  Store s;
  const RunId run = s.runs[0].id;
  apply(*s.writer, {make_end(run, AttemptEnd::lost)});
  apply(*s.writer, {make_end(run, AttemptEnd::failed)});
  CHECK(s.one("SELECT end FROM attempts") == "failed");
  CHECK(s.one("SELECT max(failures) FROM run") == "1");
  CHECK(apply(*s.writer, {make_end(run, AttemptEnd::lost)}).duplicates.size() == 1);
  CHECK(s.one("SELECT end FROM attempts") == "failed");
  apply(*s.writer, {make_result(run, 0.5)});
  CHECK(s.one("SELECT end FROM attempts") == "finished");
  CHECK(s.counts() == "11 1 0 0 0");
}

TEST_CASE("the last failure ends the run, and a late result ends it better") {
  Store s;
  const RunId run = s.runs[0].id;
  apply(*s.writer, {make_end(run, AttemptEnd::failed, {Epoch{1}, 1}, RunState::failed)});
  CHECK(s.counts() == "11 0 0 1 0");
  apply(*s.writer, {make_result(run, 0.5, {Epoch{1}, 2})});
  CHECK(s.counts() == "11 1 0 0 0");
}

TEST_CASE("only open runs are cancelled, and an end does not open them again") {
  Store s;
  apply(*s.writer, {make_result(s.runs[0].id, 0.5)});
  apply(*s.writer, {CancelRuns{{s.runs[0].id, s.runs[1].id}, "enough", TimePoint{30'000}}});
  CHECK(s.counts() == "10 1 0 0 1");
  CHECK(s.one("SELECT error FROM runs WHERE state = 'cancelled'") == "enough");
  apply(*s.writer, {make_end(s.runs[1].id, AttemptEnd::revoked),
                    make_end(s.runs[1].id, AttemptEnd::failed, {Epoch{1}, 2})});
  CHECK(s.counts() == "10 1 0 0 1");
  CHECK(s.one("SELECT error FROM runs WHERE state = 'cancelled'") == "enough");
  apply(*s.writer, {ReopenRuns{{s.runs[0].id, s.runs[1].id}, TimePoint{31'000}}});
  CHECK(s.counts() == "11 1 0 0 0");
  CHECK(sums_contradiction(s.folder / "a.db") == "");
}

TEST_CASE("progress grows the curve of open runs only") {
  Store s;
  const auto curve = make_curve(4, 0.8);
  const Token token{Epoch{1}, 1};
  RecordProgress progress;
  for (const auto& point : curve) {
    progress.points.push_back({s.runs[0].id, token, point});
    progress.points.push_back({s.runs[1].id, token, point});
  }
  apply(*s.writer, {make_result(s.runs[1].id, 0.5), progress});
  CHECK(s.one("SELECT group_concat(n) FROM (SELECT count(*) AS n FROM curves GROUP BY run "
              "ORDER BY n)") == "3,4");
}

TEST_CASE("what cannot be applied is named and holds nothing up") {
  Store s;
  RunId unknown = s.runs[0].id;
  unknown.bytes[0] ^= 0xff;
  auto invalid = make_result(s.runs[2].id, 0.5);
  invalid.report.outcome.reset();
  const auto outcome =
      apply(*s.writer,
            {make_result(unknown, 0.5), make_result(s.runs[0].id, 0.5), invalid,
             SetSweepState{SweepId{9}, "paused", "", {}}, SetSweepState{SweepId{1}, "gone", "", {}},
             CancelRuns{{unknown}, "", {}}, SetSweepPriority{SweepId{9}, 1}});
  CHECK(outcome.unknown == std::vector<std::size_t>{0, 3, 5, 6});
  CHECK(outcome.invalid == std::vector<std::size_t>{2, 4});
  CHECK(s.counts() == "11 1 0 0 0");
}

TEST_CASE("a sweep's state, reason and priority are kept") {
  Store s;
  apply(*s.writer, {SetSweepState{SweepId{1}, "paused", "night", TimePoint{1}},
                    SetSweepPriority{SweepId{1}, 7}});
  CHECK(s.one("SELECT state || ' ' || reason || ' ' || priority FROM sweeps") == "paused night 7");
}

TEST_CASE("a worker is one row however often it comes") {
  Store s;
  WorkerInfo info{.name = "node1-a", .instance = "x", .host = "node1", .build = "b"};
  info.slots.push_back({.device = "cpu", .device_name = "AMD \xff EPYC", .max_replicas = 8});
  apply(*s.writer,
        {make_result(s.runs[0].id, 0.5), RecordWorker{info, "connected", TimePoint{30'000}}});
  apply(*s.writer, {RecordWorker{info, "gone", TimePoint{40'000}}});
  CHECK(s.one("SELECT state || ' ' || slots || ' ' || finished FROM workers") == "gone 1 1");
  CHECK(s.one("SELECT first_seen_at || ' ' || last_seen_at FROM workers") ==
        "1970-01-01T00:00:20Z 1970-01-01T00:00:40Z");
}

}  // namespace
}  // namespace scanyard::store
