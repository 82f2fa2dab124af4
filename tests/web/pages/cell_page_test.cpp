#include "web/pages/cell_page.hpp"

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include "common/hash.hpp"
#include "tests/web/markup.hpp"

namespace scanyard::web {
namespace {

CellRun run(const std::string& name, RunState state, std::optional<double> value = {}) {
  return {Hasher().update(name).finish(), state, "{\"seed\":" + name + "}", value, 1, false};
}

std::vector<std::string> order(const std::vector<CellRun>& runs) {
  std::vector<std::string> axes;
  for (const auto& r : runs)
    axes.push_back(r.axes_json.substr(8, r.axes_json.size() - 9));
  return axes;
}

using Names = std::vector<std::string>;

TEST_CASE("the best run is on top, and what has no value comes after by state") {
  const std::vector<CellRun> runs = {
      run("1", RunState::queued),        run("2", RunState::failed),
      run("3", RunState::finished, 0.5), run("4", RunState::running),
      run("5", RunState::diverged),      run("6", RunState::finished, 0.9),
      run("7", RunState::diverged, 0.7)};
  CHECK(order(best_first(runs, false)) == Names{"6", "7", "3", "4", "5", "2", "1"});
  CHECK(order(best_first(runs, true)) == Names{"3", "7", "6", "4", "5", "2", "1"});
}

TEST_CASE("a cell with more runs than a page takes lists the best and says so") {
  CellView view;
  view.metric = "test accuracy";
  view.cell.summary.id = {1};
  view.cell.status = tables::CellStatus::value;
  view.cell.value_text = "0.900";
  for (std::size_t i = 0; i < cell_runs_listed_max + 5; ++i)
    view.runs.push_back(
        run(std::to_string(i), RunState::finished, 0.001 * static_cast<double>(i % 700)));
  const std::string html = cell_page(view).content.text;
  CHECK(visible_text(html).find("The best 300 of 305 runs") != std::string::npos);
  std::size_t rows = 0;
  for (std::size_t at = 0; (at = html.find("<tr id=\"run-", at)) != std::string::npos; ++at)
    ++rows;
  CHECK(rows == cell_runs_listed_max);
}

TEST_CASE("runs whose axes differ share one table with a dash where an axis does not apply") {
  CellView view;
  view.runs = {run("1", RunState::finished, 0.5)};
  view.runs.push_back(
      {Hasher().update("x").finish(), RunState::finished, R"({"gate":"relu"})", 0.4, 2, true});
  const std::string text = visible_text(cell_page(view).content.text);
  CHECK(text.find("relu") != std::string::npos);
  CHECK(text.find("\u2013") != std::string::npos);
}

TEST_CASE("a cell that nothing varies around is the only one") {
  CellView view;
  view.cell.summary.label = "{}";
  view.sweep.name = "smoke";
  CHECK(cell_page(view).title == "The only cell in smoke");
}

}  // namespace
}  // namespace scanyard::web
