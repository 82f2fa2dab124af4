#include "coordinator/store/cell_summaries.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_adapters.hpp>
#include <catch2/generators/catch_generators_random.hpp>
#include <random>

#include "common/tables/render.hpp"
#include "tests/coordinator/store/support.hpp"

namespace scanyard::store {
namespace {

/// The sweep's table as text: what must not depend on how the results came.
std::string table_of(const std::filesystem::path& path) {
  const auto reader = open_reader(path);
  const auto sweep = reader->sweep(SweepId{1});
  const auto cells = reader->cells(SweepId{1});
  REQUIRE(sweep);
  REQUIRE(cells);
  const auto table = tables::build_results_table(*sweep, *cells);
  return tables::render_text(table) + tables::render_json(table);
}

const SmallSweep varied = {.ms = {1, 2, 3},
                           .seeds = {1, 2, 3, 4},
                           .hiddens = {16, 64},
                           .selection = {.maximise = {"lr", "hidden"}, .average = {"seed"}}};

/// A result, a divergence or a failure for every run, the same for the same run.
std::vector<StoreWrite> outcomes(const std::vector<OpenRun>& runs) {
  std::vector<StoreWrite> writes;
  for (const auto& run : runs) {
    const int byte = run.id.bytes[5];
    if (byte % 7 == 0) {
      writes.push_back(make_diverged(run.id));
    } else if (byte % 7 == 1) {
      writes.push_back(make_end(run.id, AttemptEnd::failed, {Epoch{1}, 1}, RunState::failed));
    } else {
      writes.push_back(make_result(run.id, run.id.bytes[6] / 255.0));
    }
  }
  return writes;
}

TEST_CASE("the table is the same, byte for byte, in whatever order and batches results arrive") {
  const TemporaryFolder folder;
  std::string expected;
  {
    const auto writer = open_writer(folder / "expected.db");
    apply(*writer, outcomes(writer->submit(make_submission(varied))->open));
    REQUIRE(writer->refresh() == 0);
    expected = table_of(folder / "expected.db");
  }
  const int seed = GENERATE(take(8, random(1, 1'000'000)));
  CAPTURE(seed);
  std::mt19937 random(static_cast<unsigned>(seed));
  const auto writer = open_writer(folder / "a.db");
  auto writes = outcomes(writer->submit(make_submission(varied))->open);
  std::shuffle(writes.begin(), writes.end(), random);
  for (std::size_t i = 0; i < writes.size();) {
    const std::size_t count = std::min<std::size_t>(1 + random() % 9, writes.size() - i);
    apply(*writer, {writes.begin() + long(i), writes.begin() + long(i + count)});
    if (random() % 3 == 0) REQUIRE(writer->refresh(1 + random() % 40));
    i += count;
  }
  // Some cells are still marked: the reader computes them itself.
  CHECK(table_of(folder / "a.db") == expected);
  REQUIRE(writer->refresh() == 0);
  CHECK(table_of(folder / "a.db") == expected);
}

TEST_CASE("marks survive a restart and are worked off in portions") {
  const TemporaryFolder folder;
  {
    const auto writer = open_writer(folder / "a.db");
    apply(*writer, outcomes(writer->submit(make_submission(varied))->open));
  }
  const auto writer = open_writer(folder / "a.db");
  CHECK(query_one(folder / "a.db", "SELECT sum(outdated) FROM cells") == "3");
  // Each cell has 16 runs.
  CHECK(writer->refresh(17) == 1);
  CHECK(writer->refresh(17) == 0);
  CHECK(writer->refresh(17) == 0);
  CHECK(query_one(folder / "a.db", "SELECT sum(outdated) FROM cells") == "0");
}

TEST_CASE("a cell that is marked again and again does not keep the others waiting") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto runs = writer->submit(make_submission({.ms = {1, 2, 3}}))->open;
  apply(*writer, {make_result(runs[0].id, 0.1), make_result(runs[6].id, 0.2),
                  make_result(runs[12].id, 0.3)});
  for (std::size_t i = 1; i <= 2; ++i) {
    REQUIRE(writer->refresh(1) == 2);
    apply(*writer, {make_result(runs[i].id, 0.1)});
  }
  REQUIRE(writer->refresh(1) == 1);
  CHECK(query(folder / "a.db", "SELECT value FROM cells WHERE NOT outdated") ==
        std::vector<std::string>{"0.2", "0.3"});
}

TEST_CASE("while a coordinator serves, a page computes no huge cells; without one it does") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  SmallSweep sweep{.ms = {1}, .lrs = {0.5}};
  sweep.seeds.clear();
  for (int seed = 0; seed < 20'001; ++seed)
    sweep.seeds.push_back(seed);
  const auto runs = writer->submit(make_submission(sweep))->open;
  apply(*writer, {make_result(runs[0].id, 0.5)});
  const auto served = open_reader(folder / "a.db", [] { return nullptr; });
  CHECK_FALSE(served->cells(SweepId{1})->front().value);
  CHECK(served->cells(SweepId{1})->front().counts.total() == 20'001);
  CHECK(open_reader(folder / "a.db")->cells(SweepId{1})->front().value == 0.5);
  REQUIRE(writer->refresh() == 0);
  CHECK(served->cells(SweepId{1})->front().value == 0.5);
}

TEST_CASE("the rounded value of the view is that of the table") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  auto sweep = SmallSweep{.ms = {1}};
  sweep.selection.decimals = 2;
  const auto runs = writer->submit(make_submission(sweep))->open;
  apply(*writer, {make_result(runs[0].id, 0.285)});
  REQUIRE(writer->refresh() == 0);
  CHECK(query_one(folder / "a.db", "SELECT value FROM best_of_seeds") == "0.29");
  CHECK(query_one(folder / "a.db", "SELECT value FROM cells") == "0.285");
}

TEST_CASE("a new cell whose runs are done already gets its numbers with the next refresh") {
  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto runs = writer->submit(make_submission({.ms = {1}}))->open;
  apply(*writer, {make_result(runs[3].id, 0.5)});
  REQUIRE(writer->refresh() == 0);
  REQUIRE(writer->submit(make_submission({.name = "b", .ms = {1, 2}})));
  CHECK(open_reader(folder / "a.db")->cells(SweepId{2})->front().value == 0.5);
  REQUIRE(writer->refresh() == 0);
  CHECK(query(folder / "a.db", "SELECT value FROM cells WHERE sweep = 2") ==
        std::vector<std::string>{"0.5", "NULL"});
}

TEST_CASE("values by state size are kept where a cell has several sizes") {
  const std::vector<ValueAtState> values = {{64, 0.5, 3, 1}, {128, std::nullopt, 2, 0}};
  const auto json = by_state_to_json(values);
  CHECK(json == "[[64.0,0.5,3,1],[128.0,null,2,0]]");
  const auto back = by_state_from_json(json);
  REQUIRE(back.size() == 2);
  CHECK(back[0].value == 0.5);
  CHECK(back[0].solved == 1);
  CHECK_FALSE(back[1].value);

  const TemporaryFolder folder;
  const auto writer = open_writer(folder / "a.db");
  const auto runs = writer->submit(make_submission({.ms = {2}, .hiddens = {16, 64}}))->open;
  apply(*writer, {make_result(runs[0].id, 0.5), make_result(runs[6].id, 0.75)});
  REQUIRE(writer->refresh() == 0);
  const auto cells = open_reader(folder / "a.db")->cells(SweepId{1});
  REQUIRE(cells->front().by_state.size() == 2);
  CHECK(cells->front().by_state[0].state == 32);
  CHECK(cells->front().by_state[1].state == 128);
  CHECK(cells->front().by_state[1].value == 0.75);
}

}  // namespace
}  // namespace scanyard::store
