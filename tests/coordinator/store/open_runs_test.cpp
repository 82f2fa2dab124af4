#include "coordinator/store/open_runs.hpp"

#include <catch2/catch_test_macros.hpp>

#include "coordinator/store/errc.hpp"
#include "tests/coordinator/store/support.hpp"

namespace scanyard::store {
namespace {

std::vector<RunId> ids(const std::vector<OpenRun>& runs) {
  std::vector<RunId> list;
  for (const auto& run : runs)
    list.push_back(run.id);
  return list;
}

TEST_CASE("after a restart everything that is open is there again, in the spec's order") {
  const TemporaryFolder folder;
  SubmitOutcome submitted;
  {
    const auto writer = open_writer(folder / "a.db");
    submitted = *writer->submit(make_submission());
    apply(*writer, {make_result(submitted.open[0].id, 0.5),
                    make_end(submitted.open[1].id, AttemptEnd::failed, {Epoch{1}, 4}),
                    make_end(submitted.open[2].id, AttemptEnd::lost, {Epoch{1}, 5}),
                    SetSweepPriority{SweepId{1}, 3}});
  }
  const auto writer = open_writer(folder / "a.db");
  const auto open = writer->load_open();
  REQUIRE(open);
  REQUIRE(open->sweeps.size() == 1);
  CHECK(open->sweeps[0].name == "small");
  CHECK(open->sweeps[0].state == "active");
  CHECK(open->sweeps[0].priority == 3);
  submitted.open.erase(submitted.open.begin());
  CHECK(ids(open->runs) == ids(submitted.open));
  REQUIRE(open->shapes.size() == 2);
  CHECK(open->shapes[open->runs[10].shape].json == submitted.shapes[1].json);
  CHECK(open->runs[0].replica_json == submitted.open[0].replica_json);
  CHECK(open->runs[0].failures == 1);
  CHECK(open->runs[0].last_token == Token{Epoch{1}, 4});
  CHECK(open->runs[0].last_token_ended);
  CHECK(open->runs[1].last_token == Token{Epoch{1}, 5});
  CHECK_FALSE(open->runs[1].last_token_ended);
  CHECK(open->runs[2].last_token == Token{});
}

TEST_CASE("cancelled sweeps want nothing, paused ones keep what they want") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  REQUIRE(writer->submit(make_submission({.ms = {1}})));
  REQUIRE(writer->submit(make_submission({.name = "b", .ms = {1, 2}})));
  apply(*writer, {SetSweepState{SweepId{1}, "cancelled", "", {}},
                  SetSweepState{SweepId{2}, "paused", "", {}}});
  const auto open = writer->load_open();
  REQUIRE(open);
  REQUIRE(open->sweeps.size() == 1);
  CHECK(open->sweeps[0].state == "paused");
  REQUIRE(open->runs.size() == 12);
  CHECK(open->runs[0].sweeps == std::vector{SweepId{2}});
  apply(*writer, {SetSweepState{SweepId{2}, "cancelled", "", {}}});
  CHECK(writer->load_open()->runs.empty());
}

TEST_CASE("a retry reopens the runs of the states that it names, with no failures counted") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto runs = writer->submit(make_submission())->open;
  apply(*writer, {make_result(runs[0].id, 0.5), make_diverged(runs[1].id),
                  make_end(runs[2].id, AttemptEnd::failed, {Epoch{1}, 2}, RunState::failed),
                  CancelRuns{{runs[3].id}, "enough", {}}});
  const auto failed = writer->retry({SweepId{1}, {RunState::failed}, {}, TimePoint{9}});
  REQUIRE(failed);
  REQUIRE(failed->open.size() == 1);
  CHECK(failed->open[0].id == runs[2].id);
  CHECK(failed->open[0].failures == 0);
  CHECK(failed->open[0].last_token == Token{Epoch{1}, 2});
  CHECK(failed->open[0].sweeps == std::vector{SweepId{1}});
  CHECK(failed->shapes.size() == 1);

  const auto rest =
      writer->retry({SweepId{1}, {RunState::diverged, RunState::cancelled}, {}, TimePoint{9}});
  REQUIRE(rest);
  CHECK(ids(rest->open) == std::vector{runs[1].id, runs[3].id});
  CHECK(query_one(folder / "a.db", "SELECT open || ' ' || finished FROM sweeps") == "11 1");
  CHECK(query_one(folder / "a.db",
                  "SELECT end FROM attempts WHERE run = '" + runs[1].id.hex() + "'") == "diverged");
  CHECK(sums_contradiction(folder / "a.db") == "");
  apply(*writer, {make_result(runs[1].id, 0.7, {Epoch{1}, 9})});
  CHECK(query_one(folder / "a.db",
                  "SELECT count(*) FROM attempts WHERE run = '" + runs[1].id.hex() + "'") == "2");
}

TEST_CASE("a retry of named runs reopens no others") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto runs = writer->submit(make_submission())->open;
  apply(*writer, {CancelRuns{{runs[0].id, runs[1].id, runs[2].id}, "", {}}});
  const auto retried =
      writer->retry({SweepId{1}, {RunState::cancelled}, {runs[1].id, RunId{}}, TimePoint{9}});
  REQUIRE(retried);
  CHECK(ids(retried->open) == std::vector{runs[1].id});
  CHECK(query_one(folder / "a.db", "SELECT cancelled FROM sweeps") == "2");
}

TEST_CASE("retrying a cancelled sweep makes it active and takes its open runs up again") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto runs = writer->submit(make_submission({.ms = {1}}))->open;
  REQUIRE(writer->submit(make_submission({.name = "b", .ms = {1}, .seeds = {1}})));
  // The second sweep still wants the two runs of seed 1, so only the others were cancelled.
  std::vector<RunId> cancelled;
  for (std::size_t i = 0; i < runs.size(); ++i)
    if (i % 3 != 0) cancelled.push_back(runs[i].id);
  apply(*writer, {CancelRuns{cancelled, "", {}}, SetSweepState{SweepId{1}, "cancelled", "", {}}});
  const auto retried = writer->retry({SweepId{1}, {RunState::cancelled}, {}, TimePoint{9}});
  REQUIRE(retried);
  CHECK(retried->sweep.state == "active");
  CHECK(ids(retried->open) == ids(runs));
  CHECK(retried->open[0].sweeps == std::vector{SweepId{1}, SweepId{2}});
}

TEST_CASE("a retry of an unknown sweep is an error") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto outcome = writer->retry({SweepId{4}, {RunState::failed}, {}, {}});
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code() == errc::not_found);
}

}  // namespace
}  // namespace scanyard::store
