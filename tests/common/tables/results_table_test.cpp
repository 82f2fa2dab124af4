#include "common/tables/results_table.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/common/tables/builders.hpp"

namespace scanyard::tables {
namespace {

using Keys = std::vector<std::string>;

TEST_CASE("model and m make the rows, the task's keys the columns, where the spec is silent") {
  const auto layout = choose_layout({}, make_cells());
  CHECK(layout.rows == Keys{"model", "m"});
  CHECK(layout.columns == Keys{"group"});
}

TEST_CASE("a key that the spec forgot is added, so that no cell hides another") {
  const auto layout = choose_layout({.rows = {"m"}, .columns = {"group"}}, make_cells());
  CHECK(layout.rows == Keys{"m", "model"});
  CHECK(layout.columns == Keys{"group"});
}

TEST_CASE("one cell still has a row that says what it is") {
  const auto cell = make_cell(1, R"({"m":2,"model":"bdlru"})", "{}", 0.5);
  const auto layout = choose_layout({}, std::vector{cell});
  CHECK(layout.rows == Keys{"model", "m"});
  const auto table = build_results_table(make_sweep(), std::vector{cell});
  REQUIRE(table.rows.size() == 1);
  CHECK(table.rows[0].label == "bdlru m=2");
  REQUIRE(table.columns.size() == 1);
  CHECK(table.columns[0].label.empty());
}

TEST_CASE("rows and columns stand in the order of the spec") {
  const auto table = build_results_table(make_sweep(), make_cells());
  REQUIRE(table.rows.size() == 2);
  REQUIRE(table.columns.size() == 2);
  CHECK(table.rows[0].label == "bdlru m=1");
  CHECK(table.rows[1].values == Keys{"bdlru", "2"});
  CHECK(table.columns[1].label == "group=4");
  CHECK(table.at(1, 0).summary.id == CellId{3});
}

TEST_CASE(
    "a key that some cells lack is empty there, and one that never varies is the same for all") {
  std::vector<CellSummary> cells = {
      make_cell(1, R"({"m":5,"model":"bdlru","task":"s"})", R"({"m":5,"model":"bdlru"})", 0.5),
      make_cell(2, R"({"model":"lstm","task":"s"})", R"({"model":"lstm"})", 0.5)};
  auto sweep = make_sweep();
  sweep.layout = {.rows = {"model", "m"}, .columns = {"task"}};
  const auto table = build_results_table(sweep, cells);
  REQUIRE(table.rows.size() == 2);
  CHECK(table.rows[0].label == "bdlru m=5");
  CHECK(table.rows[1].values == Keys{"lstm", ""});
  CHECK(table.rows[1].label == "lstm");
  REQUIRE(table.columns.size() == 1);
  CHECK(table.columns[0].label == "s");
}

TEST_CASE("values are rounded by the selection and compared after rounding") {
  const auto table = build_results_table(make_sweep(2), make_cells());
  const auto& cell = table.at(0, 0);
  CHECK(cell.status == CellStatus::value);
  CHECK(cell.value == 0.56);
  CHECK(cell.value_text == "0.56");
  CHECK(cell.published_text == "0.56");
  CHECK(cell.difference_text == "0.00");
  CHECK(cell.spread_text == "0.563 ± 0.041");
  CHECK(table.at(1, 0).value_text == "1.00");
  CHECK(table.at(1, 0).solve_rate == wilson_interval(2, 3));
  const auto finer = build_results_table(make_sweep(3), make_cells());
  CHECK(finer.at(0, 0).value_text == "0.563");
  CHECK(finer.at(0, 0).difference == 0.003);
  CHECK(finer.at(0, 0).difference_text == "+0.003");
}

TEST_CASE("a missing number says why") {
  auto cells = make_cells();
  cells.erase(cells.begin() + 2);
  const auto table = build_results_table(make_sweep(), cells);
  CHECK(table.at(0, 1).value_text == "diverged");
  CHECK(table.at(0, 1).n() == 3);
  CHECK(table.at(1, 1).value_text == "...");
  CHECK(table.at(1, 0).status == CellStatus::absent);
  cells[2].counts = {.failed = 3};
  CHECK(build_results_table(make_sweep(), cells).at(1, 1).value_text == "failed");
}

TEST_CASE("a table that would be nearly empty is turned into one of rows only") {
  std::vector<CellSummary> cells;
  for (int i = 0; i < 300; ++i) {
    const std::string json =
        R"({"m":)" + std::to_string(i) + R"(,"train":)" + std::to_string(i) + "}";
    cells.push_back(make_cell(i + 1, json, json, 0.5));
  }
  const auto table = build_results_table(make_sweep(), cells);
  CHECK(table.rows.size() == 300);
  CHECK(table.columns.size() == 1);
  CHECK(table.row_keys == Keys{"m", "train"});
}

TEST_CASE("the selection protocol is one sentence") {
  auto selection = make_sweep(3).selection;
  CHECK(protocol_text(selection) ==
        "Value: test accuracy at the epoch with the lowest test perplexity, best over lr, seed; "
        "rounded to 3 decimals (selection \"paper\").");
  selection = {.report = spec::ReportedEpoch::last,
               .metric = spec::Metric::perplexity,
               .maximise = {"lr"},
               .average = {"seed"},
               .decimals = 2};
  CHECK(protocol_text(selection) ==
        "Value: test perplexity at the last epoch, mean over seed, lowest over lr; rounded to 2 "
        "decimals.");
}

}  // namespace
}  // namespace scanyard::tables
