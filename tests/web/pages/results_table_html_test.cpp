#include "web/pages/results_table_html.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/web/markup.hpp"
#include "tests/web/visitor.hpp"
#include "web/load.hpp"

namespace scanyard::web {
namespace {

tables::ResultsTable table_of(SweepId sweep) {
  FakeReadModel model(FakeReadModel::Content::full);
  return load_sweep(model, sweep).value().table();
}

TEST_CASE("one column of cells is a line a cell with every number under its name") {
  const std::string text = visible_text(results_table_html(table_of({2})).text);
  for (const char* name :
       {"test accuracy", "published", "difference", "mean ± sd", "lowest / median / highest",
        "results", "solved (95 % interval)", "diverged", "failed", "best run"}) {
    INFO(name);
    CHECK(text.find(name) != std::string::npos);
  }
  CHECK(text.find("0.562") != std::string::npos);
  CHECK(text.find("+0.002") != std::string::npos);
  CHECK(text.find("5 of 8") != std::string::npos);
  CHECK(text.find("no result yet") != std::string::npos);
}

TEST_CASE("a sweep without published numbers has no columns for them") {
  tables::ResultsTable table = table_of({2});
  for (auto& cell : table.cells) {
    cell.summary.published.reset();
    cell.published_text = cell.difference_text = "";
  }
  const std::string text = visible_text(results_table_html(table).text);
  CHECK(text.find("published") == std::string::npos);
  CHECK(text.find("difference") == std::string::npos);
}

TEST_CASE("neighbouring columns share the headings that they have in common") {
  const std::string html = results_table_html(table_of({1})).text;
  CHECK(html.find("scope=\"colgroup\" colspan=\"2\"") != std::string::npos);
  CHECK(markup_faults(html).empty());
  CHECK(visible_text(html).find("published 0.38 (\u22120.009)") != std::string::npos);
}

TEST_CASE("a combination that the sweep does not have is named as such") {
  tables::ResultsTable table = table_of({1});
  table.cells[3] = {};
  CHECK(visible_text(results_table_html(table).text).find("not in this sweep") !=
        std::string::npos);
}

TEST_CASE("under the table stand protocol, n and why a best-of number flatters") {
  const std::string text = visible_text(selection_note_html(table_of({1})).text);
  CHECK(text.find("epoch with the lowest test perplexity, best over hidden, lr, seed") !=
        std::string::npos);
  CHECK(text.find("Every cell has n = 45 results.") != std::string::npos);
  CHECK(text.find("the highest of up to 45 results") != std::string::npos);
  CHECK(visible_text(selection_note_html(table_of({2})).text).find("n = 0 to 8") !=
        std::string::npos);
}

TEST_CASE("diverged and failed runs stand out, and only where there are some") {
  for (const int sweep : {1, 2}) {
    const std::string html = results_table_html(table_of({sweep})).text;
    const auto count = [&](const std::string& what) {
      std::size_t found = 0;
      for (std::size_t at = 0; (at = html.find(what, at)) != std::string::npos; ++at)
        ++found;
      return found;
    };
    CHECK(count("chip warn") == 1);
    CHECK(count("chip bad") == (sweep == 2 ? 1 : 0));
  }
}

TEST_CASE("numbers beside the value are finer than the value, so that 0.999 does not read 1.00") {
  tables::ResultsTable table = table_of({2});
  table.selection.decimals = 2;
  CHECK(results_table_html(table).text.find("0.507 / 0.518 / 0.562") != std::string::npos);
}

TEST_CASE("a selection that takes no maximum is not called optimistic") {
  tables::ResultsTable table = table_of({1});
  table.selection.maximise.clear();
  CHECK(optimism_note(table).empty());
  table.selection.maximise = {"lr"};
  table.selection.metric = spec::Metric::perplexity;
  CHECK(optimism_note(table).find("the lowest of") != std::string::npos);
  for (auto& cell : table.cells)
    cell.summary.counts = {.queued = 5};
  CHECK(optimism_note(table).empty());  // nor a number that is not there yet
}

TEST_CASE("the share of solved runs is written with its counts and its interval") {
  tables::TableCell cell;
  CHECK(solve_rate_text(cell) == "none yet");
  cell.summary.counts.finished = 9;
  cell.summary.solved = 2;
  cell.solve_rate = wilson_interval(2, 9);
  CHECK(solve_rate_text(cell) == "2 of 9 (6 to 55 %)");
}

TEST_CASE("keys and values of a table are escaped") {
  tables::ResultsTable table = table_of({2});
  table.row_keys[0] = table.rows[0].values[0] = table.metric = "<script>\"'&";
  table.cells[0].value_text = table.cells[0].spread_text = "</td><td>";
  table.cells[0].summary.best_axes_json = R"({"<b>":"</a>"})";
  CHECK(markup_faults(results_table_html(table).text).empty());
}

}  // namespace
}  // namespace scanyard::web
