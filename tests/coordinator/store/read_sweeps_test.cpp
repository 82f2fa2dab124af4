#include "coordinator/store/read_sweeps.hpp"

#include <catch2/catch_test_macros.hpp>

#include "coordinator/store/errc.hpp"
#include "tests/coordinator/store/support.hpp"

namespace scanyard::store {
namespace {

TEST_CASE("a sweep comes back as it was submitted, with rows and columns chosen") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  SmallSweep sweep;
  sweep.selection = {.report = spec::ReportedEpoch::best_accuracy,
                     .metric = spec::Metric::micro_accuracy,
                     .maximise = {"lr"},
                     .average = {"seed"},
                     .decimals = 4,
                     .name = "mine"};
  REQUIRE(writer->submit(make_submission(sweep)));
  const auto detail = open_reader(folder / "a.db")->sweep(SweepId{1});
  REQUIRE(detail);
  CHECK(detail->selection == sweep.selection);
  CHECK(detail->layout.rows == std::vector<std::string>{"m"});
  CHECK(detail->spec_text == "sweep: small\n");
  CHECK(detail->summary.source_name == "sweeps/small.yaml");
  CHECK(detail->summary.submitted_by == "ada");
  CHECK(detail->summary.submitted == TimePoint{5000});
  CHECK_FALSE(detail->summary.last_result);
  CHECK(detail->summary.cells == 2);
  CHECK(detail->summary.counts.total() == 12);
}

TEST_CASE("an unknown sweep is not found") {
  const TemporaryFolder folder;
  open_writer(folder / "a.db");
  const auto reader = open_reader(folder / "a.db");
  CHECK(reader->sweep(SweepId{1}).error().code() == errc::not_found);
  CHECK(reader->cells(SweepId{1}).error().code() == errc::not_found);
}

TEST_CASE(
    "running runs are told apart from queued ones by what is live, and never exceed the open") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto runs = writer->submit(make_submission({.ms = {1}}))->open;
  auto live = std::make_shared<LiveStatus>();
  live->running_by_sweep = {{SweepId{1}, 5}};
  const auto reader = open_reader(folder / "a.db", [&] { return live; });
  CHECK(reader->sweeps()->front().counts.running == 5);
  CHECK(reader->sweeps()->front().counts.queued == 1);
  for (std::size_t i = 0; i < 4; ++i)
    apply(*writer, {make_result(runs[i].id, 0.5)});
  CHECK(reader->sweeps()->front().counts.running == 2);
  CHECK(reader->sweeps()->front().counts.total() == 6);
  CHECK(reader->sweeps()->front().last_result == TimePoint{20'000});
  for (std::size_t i = 4; i < 6; ++i)
    apply(*writer, {make_result(runs[i].id, 0.5)});
  CHECK(reader->sweeps()->front().state == "complete");
}

TEST_CASE("sweeps are listed newest first") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  REQUIRE(writer->submit(make_submission({.name = "old"})));
  REQUIRE(writer->submit(make_submission({.name = "new"})));
  const auto sweeps = open_reader(folder / "a.db")->sweeps();
  REQUIRE(sweeps->size() == 2);
  CHECK(sweeps->front().name == "new");
}

}  // namespace
}  // namespace scanyard::store
