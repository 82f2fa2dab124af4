#include "coordinator/store/read_workers.hpp"

#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "coordinator/store/live_counts.hpp"
#include "tests/coordinator/store/support.hpp"

namespace scanyard::store {
namespace {

TEST_CASE("workers are shown as recorded, and as they are now where the coordinator knows them") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto runs = writer->submit(make_submission())->open;
  WorkerInfo info{.name = "node1-a", .instance = "x", .host = "node1", .build = "old"};
  info.slots.push_back({.device = "cpu", .device_name = "EPYC"});
  apply(*writer, {RecordWorker{info, "connected", TimePoint{5}}, make_result(runs[0].id, 0.5)});
  auto live = std::make_shared<LiveStatus>();
  const auto reader = open_reader(folder / "a.db", [&] { return live; });
  auto workers = reader->workers();
  REQUIRE(workers->size() == 1);
  CHECK(workers->front().state == "connected");
  CHECK(workers->front().finished == 1);
  CHECK(workers->front().slots.front().info.device_name == "EPYC");

  WorkerStatus now{
      .info = info, .state = "draining", .last_seen = TimePoint{99}, .outbox_records = 4};
  now.info.build = "new";
  WorkerStatus other{.info = {.name = "node2"}, .state = "connected"};
  live = std::make_shared<LiveStatus>();
  live->workers = {other, now};
  workers = reader->workers();
  REQUIRE(workers->size() == 2);
  const auto& worker = workers->front();
  CHECK(worker.state == "draining");
  CHECK(worker.info.build == "new");
  CHECK(worker.first_seen == TimePoint{5});
  CHECK(worker.last_seen == TimePoint{99});
  CHECK(worker.finished == 1);
  CHECK(worker.outbox_records == 4);
  CHECK(workers->back().info.name == "node2");
}

TEST_CASE("the server's state merges epoch and counters of the file with what is live") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const std::vector<std::pair<std::string, std::uint64_t>> stored = {{"a.old", 3}, {"b.both", 5}};
  REQUIRE(writer->add_to_counters(stored));
  LivePointer live;
  const auto reader = open_reader(folder / "a.db", [&] { return live; });
  auto status = reader->server();
  REQUIRE(status);
  CHECK(status->build == "test");
  CHECK(status->epoch == Epoch{1});
  CHECK(status->counters.size() == 2);
  auto snapshot = std::make_shared<LiveStatus>();
  snapshot->build = "live";
  snapshot->endpoint = "tcp://127.0.0.1:7400";
  snapshot->counters = {{"b.both", "doc", 1}, {"c.new", "doc", 2}};
  live = snapshot;
  status = reader->server();
  CHECK(status->build == "live");
  CHECK(status->endpoint == "tcp://127.0.0.1:7400");
  REQUIRE(status->counters.size() == 3);
  CHECK(status->counters[1].value == 1);
}

TEST_CASE("the change number rises with every write, every new snapshot and every restart") {
  const TemporaryFolder folder;
  auto writer = open_writer(folder / "a.db");
  auto live = std::make_shared<LiveStatus>();
  const auto reader = open_reader(folder / "a.db", [&] { return live; });
  auto last = reader->change_number();
  CHECK(reader->change_number() == last);
  const auto rises = [&] {
    const auto next = reader->change_number();
    const bool risen = next > last;
    last = next;
    return risen;
  };
  const auto runs = writer->submit(make_submission())->open;
  CHECK(rises());
  apply(*writer, {make_result(runs[0].id, 0.5)});
  CHECK(rises());
  REQUIRE(writer->refresh() == 0);
  CHECK(rises());
  live = std::make_shared<LiveStatus>();
  live->version = 1000;
  CHECK(rises());
  writer.reset();
  live = std::make_shared<LiveStatus>();
  writer = open_writer(folder / "a.db");
  CHECK(rises());
}

TEST_CASE("many threads read while the writer writes, each a consistent snapshot") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto runs =
      writer->submit(make_submission({.ms = {1, 2, 3, 4}, .seeds = {1, 2, 3, 4, 5}}))->open;
  const auto reader = open_reader(folder / "a.db");
  std::vector<std::string> problems(3);
  std::vector<std::thread> threads;
  for (auto& problem : problems) {
    threads.emplace_back([&reader, &problem] {
      for (int i = 0; i < 60 && problem.empty(); ++i) {
        const auto sweeps = reader->sweeps();
        const auto cells = reader->cells(SweepId{1});
        if (!sweeps || !cells) {
          problem = "a read failed";
          continue;
        }
        if (sweeps->front().counts.total() != 40) problem = "the sweep does not add up";
        for (const auto& cell : *cells)
          if (cell.counts.total() != 10) problem = "a cell does not add up";
      }
    });
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    apply(*writer, {make_result(runs[i].id, 0.5)});
    if (i % 5 == 0) REQUIRE(writer->refresh());
  }
  for (auto& thread : threads)
    thread.join();
  CHECK(problems == std::vector<std::string>(3));
}

}  // namespace
}  // namespace scanyard::store
