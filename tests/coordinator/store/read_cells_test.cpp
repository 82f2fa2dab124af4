#include "coordinator/store/read_cells.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "coordinator/store/errc.hpp"
#include "tests/coordinator/store/support.hpp"

namespace scanyard::store {
namespace {

/// A snapshot in which these runs are running.
std::shared_ptr<LiveStatus> running(std::vector<RunId> runs) {
  auto live = std::make_shared<LiveStatus>();
  std::sort(runs.begin(), runs.end());
  for (const auto& run : runs)
    live->running.push_back({run, {Epoch{1}, 4}, "node1-a", SlotId{0}, TimePoint{7}});
  return live;
}

TEST_CASE("cells come in the spec's order with value, spread, best axes and published number") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  REQUIRE(
      writer->set_published(std::vector<PublishedRow>{{2, "BD-LRU", 1, "S3", "n10000", "0.56"}}));
  const auto runs = writer->submit(make_submission())->open;
  apply(*writer,
        {make_result(runs[0].id, 0.5), make_result(runs[4].id, 1.0), make_diverged(runs[5].id)});
  const auto reader = open_reader(folder / "a.db");
  const auto fresh = reader->cells(SweepId{1});
  REQUIRE(writer->refresh() == 0);
  for (const auto& cells : {fresh, reader->cells(SweepId{1})}) {
    REQUIRE(cells->size() == 2);
    const auto& cell = cells->front();
    CHECK(cell.label == R"({"m":1})");
    CHECK(cell.value == 1.0);
    CHECK(cell.mean == 0.75);
    CHECK(cell.counts.done() == 3);
    CHECK(cell.counts.queued == 3);
    CHECK(cell.solved == 1);
    CHECK(cell.best_run == runs[4].id);
    CHECK(cell.best_axes_json == R"({"hidden":64,"lr":0.01,"seed":2})");
    CHECK(cell.published == 0.56);
    REQUIRE(cell.by_state.size() == 1);
    CHECK(cell.by_state[0].state == 64);
    CHECK(cell.by_state[0].results == 3);
    CHECK(cells->back().counts.queued == 6);
    CHECK_FALSE(cells->back().value);
  }
}

TEST_CASE("the runs of a cell have their axes, value and live state") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto runs = writer->submit(make_submission())->open;
  apply(*writer, {make_result(runs[1].id, 0.5)});
  auto live = running({runs[0].id, runs[1].id, runs[7].id});
  const auto reader = open_reader(folder / "a.db", [&] { return live; });
  const auto cell_runs = reader->cell_runs(SweepId{1}, CellId{1});
  REQUIRE(cell_runs);
  REQUIRE(cell_runs->size() == 6);
  const auto& list = *cell_runs;
  CHECK(list[0].run == runs[0].id);
  CHECK(list[0].axes_json == R"({"hidden":64,"lr":0.001,"seed":1})");
  CHECK(list[0].state == RunState::running);
  CHECK(list[1].state == RunState::finished);
  CHECK(list[1].value == 0.5);
  CHECK(list[1].epoch == 3);
  CHECK(list[2].state == RunState::queued);
  const auto cells = reader->cells(SweepId{1});
  CHECK(cells->front().counts.running == 1);
  CHECK(cells->front().counts.queued == 4);
  CHECK(cells->back().counts.running == 1);
  live = running({});
  CHECK(reader->cells(SweepId{1})->front().counts.running == 0);
}

TEST_CASE("a running run that a new sweep takes over runs in its cells too") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto runs = writer->submit(make_submission({.ms = {1}}))->open;
  const auto live = running({runs[0].id});
  const auto reader = open_reader(folder / "a.db", [&] { return live; });
  CHECK(reader->cells(SweepId{1})->front().counts.running == 1);
  REQUIRE(writer->submit(make_submission({.name = "b", .ms = {1, 2}})));
  CHECK(reader->cells(SweepId{2})->front().counts.running == 1);
}

TEST_CASE("the curves of a cell are those of its runs") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto runs = writer->submit(make_submission())->open;
  apply(*writer, {make_result(runs[1].id, 0.5)});
  const auto curves = open_reader(folder / "a.db")->cell_curves(SweepId{1}, CellId{1});
  REQUIRE(curves);
  REQUIRE(curves->size() == 6);
  CHECK((*curves)[0].points.empty());
  CHECK((*curves)[1].points.size() == 3);
}

TEST_CASE("a cell of another sweep is not found") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  REQUIRE(writer->submit(make_submission()));
  REQUIRE(writer->submit(make_submission({.name = "b"})));
  const auto reader = open_reader(folder / "a.db");
  CHECK(reader->cell_runs(SweepId{1}, CellId{3}).error().code() == errc::not_found);
  CHECK(reader->cell_curves(SweepId{2}, CellId{1}).error().code() == errc::not_found);
  CHECK(reader->cell_runs(SweepId{2}, CellId{3}).has_value());
}

}  // namespace
}  // namespace scanyard::store
