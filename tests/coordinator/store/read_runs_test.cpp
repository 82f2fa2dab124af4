#include "coordinator/store/read_runs.hpp"

#include <catch2/catch_test_macros.hpp>

#include "coordinator/store/errc.hpp"
#include "tests/coordinator/store/support.hpp"

namespace scanyard::store {
namespace {

TEST_CASE("a run is shown with its outcome, attempts, curve and sweeps") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto runs = writer->submit(make_submission())->open;
  REQUIRE(writer->submit(make_submission({.name = "b", .ms = {1}})));
  const RunId id = runs[0].id;
  const auto result = make_result(id, 0.5, {Epoch{1}, 3});
  apply(*writer, {make_end(id, AttemptEnd::failed, {Epoch{1}, 1}), result});
  const auto run = open_reader(folder / "a.db")->run(id);
  REQUIRE(run);
  CHECK(run->state == RunState::finished);
  CHECK(run->shape_json == make_expansion().shapes[0].json);
  CHECK(run->replica_json == R"({"lr":0.001,"seed":1})");
  CHECK(run->outcome == result.report.outcome);
  CHECK(run->error == "");
  REQUIRE(run->attempts.size() == 2);
  CHECK(run->attempts[0].end == "failed");
  CHECK(run->attempts[0].log_tail == "last words");
  CHECK(run->attempts[1].end == "finished");
  CHECK(run->attempts[1].worker == "node1-a");
  CHECK(run->curve.size() == 3);
  REQUIRE(run->memberships.size() == 2);
  CHECK(run->memberships[1].sweep_name == "b");
  CHECK(run->memberships[1].cell == CellId{3});
}

TEST_CASE("a running run shows its lease as the newest attempt") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto runs = writer->submit(make_submission())->open;
  apply(*writer, {make_end(runs[0].id, AttemptEnd::failed, {Epoch{1}, 1})});
  auto live = std::make_shared<LiveStatus>();
  live->running.push_back({runs[0].id, {Epoch{1}, 9}, "node2", SlotId{3}, TimePoint{77}});
  const auto reader = open_reader(folder / "a.db", [&] { return live; });
  const auto run = reader->run(runs[0].id);
  REQUIRE(run);
  CHECK(run->state == RunState::running);
  CHECK(run->error == "the trainer was killed by signal 9");
  REQUIRE(run->attempts.size() == 2);
  CHECK(run->attempts[1].end == "running");
  CHECK(run->attempts[1].slot == 3);
  CHECK_FALSE(run->attempts[1].ended);
}

TEST_CASE("a cancelled run says why") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto runs = writer->submit(make_submission())->open;
  apply(*writer, {CancelRuns{{runs[0].id}, "wrong rates", TimePoint{1}}});
  const auto run = open_reader(folder / "a.db")->run(runs[0].id);
  CHECK(run->state == RunState::cancelled);
  CHECK(run->error == "wrong rates");
}

TEST_CASE("a run is found by any prefix that is unique") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  auto expansion = make_expansion();
  expansion.runs[0].id = *RunId::parse("abcdef00000000000000000000000001");
  expansion.runs[1].id = *RunId::parse("abcdef00000000000000000000000002");
  auto request = make_submission();
  request.expansion = std::make_shared<spec::Expansion>(expansion);
  REQUIRE(writer->submit(request));
  const auto reader = open_reader(folder / "a.db");
  CHECK(reader->find_run("abcdef00000000000000000000000001") == expansion.runs[0].id);
  CHECK(reader->find_run("ABCDEF00000000000000000000000002") == expansion.runs[1].id);
  const auto ambiguous = reader->find_run("abcde");
  REQUIRE_FALSE(ambiguous);
  CHECK(ambiguous.error().code() == errc::ambiguous);
  CHECK(reader->find_run("").error().code() == errc::not_found);
  CHECK(reader->find_run("xyz").error().code() == errc::not_found);
  CHECK(reader->find_run(std::string(33, 'a')).error().code() == errc::not_found);
  CHECK(reader->find_run("abcdef01").error().code() == errc::not_found);
  CHECK(reader->run(RunId{}).error().code() == errc::not_found);
}

TEST_CASE("a plan learns which runs are known, in what state, and from which sweep") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto runs = writer->submit(make_submission({.ms = {1}}))->open;
  REQUIRE(writer->submit(make_submission({.name = "b", .ms = {1, 2}})));
  apply(*writer, {make_result(runs[1].id, 0.5)});
  const auto wanted = make_expansion({.ms = {2, 1, 3}}).runs;
  std::vector<RunId> ids;
  for (const auto& run : wanted)
    ids.push_back(run.id);
  const auto known = open_reader(folder / "a.db")->known_runs(ids);
  REQUIRE(known);
  REQUIRE(known->size() == 12);
  CHECK((*known)[0].index == 0);
  CHECK((*known)[0].sweep == SweepId{2});
  CHECK((*known)[6].sweep == SweepId{1});
  CHECK((*known)[6].state == RunState::queued);
  CHECK((*known)[7].state == RunState::finished);
}

}  // namespace
}  // namespace scanyard::store
