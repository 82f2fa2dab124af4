#include "coordinator/store/writer.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_adapters.hpp>
#include <catch2/generators/catch_generators_random.hpp>
#include <random>

#include "coordinator/store/errc.hpp"
#include "tests/coordinator/store/support.hpp"

namespace scanyard::store {
namespace {

TEST_CASE("the epoch rises at every open and is committed before it is used") {
  const TemporaryFolder folder;
  for (int epoch = 1; epoch <= 3; ++epoch) {
    const auto writer = open_writer(folder / "a.db");
    CHECK(writer->epoch() == Epoch{epoch});
    CHECK(query_one(folder / "a.db", "SELECT value FROM meta WHERE name = 'epoch'") ==
          std::to_string(epoch));
  }
}

TEST_CASE("a database that is served cannot be opened for serving again") {
  const TemporaryFolder folder;
  const auto first = open_writer(folder / "a.db");
  const auto second = Writer::open({.path = folder / "a.db"}, TimePoint{1});
  REQUIRE_FALSE(second);
  CHECK(second.error().code() == errc::already_served);
  CHECK(query_one(folder / "a.db", "SELECT value FROM meta WHERE name = 'epoch'") == "1");
}

TEST_CASE("workers that were connected count as lost after a restart") {
  const TemporaryFolder folder;
  {
    const auto writer = open_writer(folder / "a.db");
    apply(*writer, {RecordWorker{{.name = "a"}, "connected", TimePoint{10}},
                    RecordWorker{{.name = "b"}, "gone", TimePoint{10}}});
  }
  const auto writer = open_writer(folder / "a.db", 50);
  CHECK(query(folder / "a.db", "SELECT state FROM worker ORDER BY name") ==
        std::vector<std::string>{"lost", "gone"});
}

TEST_CASE("the published numbers are replaced only when they differ") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  REQUIRE(writer->submit(make_submission({.ms = {1, 2}})));
  const std::vector<PublishedRow> rows = {{2, "BD-LRU", 1, "S3", "n10000", "0.50"},
                                          {4, "BD-LRU", 1, "S3", "n10000", "0.56"},
                                          {5, "LSTM", std::nullopt, "flops", "formula", "8H²+25H"}};
  REQUIRE(writer->set_published(rows));
  REQUIRE(writer->set_published(rows));
  CHECK(query_one(folder / "a.db", "SELECT count(*) FROM published") == "3");
  CHECK(query(folder / "a.db", "SELECT published FROM best_of_seeds") ==
        std::vector<std::string>{"0.56", "NULL"});
  CHECK(query_one(folder / "a.db", "SELECT text FROM published WHERE value IS NULL") == "8H²+25H");
  CHECK(open_reader(folder / "a.db")->cells(SweepId{1})->front().published == 0.56);
  REQUIRE(writer->set_published(std::span(rows).first(1)));
  CHECK(query_one(folder / "a.db", "SELECT count(*) FROM published") == "1");
}

TEST_CASE("counters add up over restarts") {
  const TemporaryFolder folder;
  const std::vector<std::pair<std::string, std::uint64_t>> two = {{"net.unknown_key", 2}};
  REQUIRE(open_writer(folder / "a.db")->add_to_counters(two));
  REQUIRE(open_writer(folder / "a.db")->add_to_counters(two));
  CHECK(query_one(folder / "a.db", "SELECT value FROM counter") == "4");
}

TEST_CASE("whatever is written, every run is in one state and the states add up") {
  const int seed = GENERATE(take(10, random(1, 1'000'000)));
  CAPTURE(seed);
  std::mt19937 random(static_cast<unsigned>(seed));
  const TemporaryFolder folder;
  auto writer = open_writer(folder / "a.db");
  std::vector<RunId> runs;
  std::int64_t token = 0;
  for (int step = 0; step < 60; ++step) {
    const auto any = [&] { return runs[random() % runs.size()]; };
    const Token next{writer->epoch(), ++token};
    const auto what = step == 0 ? 0 : random() % 12;
    if (what == 0) {
      SmallSweep sweep;
      sweep.ms = {1 + int(random() % 3), 4 + int(random() % 3)};
      sweep.seeds = {int(random() % 4)};
      const auto submitted = writer->submit(make_submission(sweep));
      for (const auto& run : submitted->open)
        runs.push_back(run.id);
    } else if (what == 1) {
      writer.reset();
      writer = open_writer(folder / "a.db");
    } else if (what == 2) {
      REQUIRE(writer->refresh(1 + random() % 30));
    } else if (what == 3) {
      const std::vector all = {RunState::failed, RunState::cancelled, RunState::diverged};
      REQUIRE(writer->retry({SweepId{1}, {all[random() % 3]}, {}, {}}));
    } else {
      std::vector<StoreWrite> batch;
      for (int i = 0; i < 4; ++i) {
        switch (random() % 6) {
          case 0:
            batch.push_back(make_result(any(), 0.5, next));
            break;
          case 1:
            batch.push_back(make_diverged(any(), next));
            break;
          case 2:
            batch.push_back(make_end(any(), AttemptEnd::failed, next, RunState::failed));
            break;
          case 3:
            batch.push_back(make_end(any(), AttemptEnd::lost, next));
            break;
          case 4:
            batch.push_back(CancelRuns{{any(), any()}, "test", {}});
            break;
          default:
            batch.push_back(ReopenRuns{{any(), any()}, {}});
            break;
        }
      }
      apply(*writer, batch);
    }
    REQUIRE(sums_contradiction(folder / "a.db") == "");
  }
  REQUIRE(writer->refresh() == 0);
  REQUIRE(sums_contradiction(folder / "a.db") == "");
}

}  // namespace
}  // namespace scanyard::store
