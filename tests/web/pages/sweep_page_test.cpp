#include "web/pages/sweep_page.hpp"

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include "tests/web/markup.hpp"
#include "tests/web/visitor.hpp"
#include "web/pages/paging.hpp"
#include "web/pages/state_plot_html.hpp"

namespace scanyard::web {
namespace {

/// A sweep of `models` rows and `trains` columns, a value in each cell.
SweepView large_sweep(int models, int trains) {
  std::vector<CellSummary> cells;
  for (int m = 1; m <= models; ++m) {
    for (int train = 1; train <= trains; ++train) {
      CellSummary cell;
      cell.id = {static_cast<std::int64_t>(cells.size() + 1)};
      cell.json = cell.label = fmt::format(R"({{"m":{},"model":"bdlru","train":{}}})", m, train);
      cell.counts.finished = 5;
      cell.value = 0.5;
      cell.by_state = {{16.0 * m, 0.5, 5, 0}};
      cells.push_back(cell);
    }
  }
  SweepView view;
  view.detail.summary.id = {7};
  view.detail.summary.name = "large";
  view.table = tables::build_results_table(view.detail, cells);
  view.plots = tables::build_state_plots(view.detail, cells);
  return view;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

TEST_CASE("a table of any size becomes a page of bounded size, with links to the other parts") {
  SweepView view = large_sweep(100, 80);
  const std::string html = sweep_page(view).content.text;
  CHECK(count_of(html, "<td id=\"cell-") == TableWindow::rows_max * TableWindow::columns_max);
  CHECK(count_of(html, "class=\"plot on-wide\"") == plots_shown_max);
  CHECK(count_of(html, "class=\"plot on-narrow\"") == plots_shown_max);
  const std::string text = visible_text(html);
  CHECK(text.find("Rows 1 to 60 of 100: next last") != std::string::npos);
  CHECK(text.find("Columns 1 to 30 of 80: next last") != std::string::npos);
  CHECK(text.find("Plots 1 to 12 of 80: next last") != std::string::npos);
  CHECK(html.find("href=\"/sweeps/7?row=0&amp;column=30&amp;plot=0\">next") != std::string::npos);
  CHECK(markup_faults(html).empty());
}

TEST_CASE("every part shows its own cells under their own headings") {
  SweepView view = large_sweep(100, 80);
  view.window = {75, 79};
  view.plot = 79;
  const std::string html = sweep_page(view).content.text;
  CHECK(count_of(html, "<td id=\"cell-") == 40 * 20);
  CHECK(html.find("id=\"cell-8000\"") != std::string::npos);
  CHECK(html.find("id=\"cell-1\"") == std::string::npos);
  CHECK(html.find("<bdi>61</bdi>") != std::string::npos);
  CHECK(html.find("/sweeps/7/plots/80.svg") != std::string::npos);
}

TEST_CASE("a last part of one column is still a matrix with a heading") {
  SweepView view = large_sweep(2, 31);
  view.window = {0, 30};
  const std::string html = sweep_page(view).content.text;
  CHECK(html.find("class=\"matrix\"") != std::string::npos);
  CHECK(html.find("<bdi>31</bdi>") != std::string::npos);
}

TEST_CASE("a table that fits has no links to parts") {
  const std::string text = visible_text(sweep_page(large_sweep(6, 5)).content.text);
  CHECK(text.find("Rows 1 to") == std::string::npos);
  CHECK(text.find("Plots 1 to") == std::string::npos);
}

TEST_CASE("queued runs without a worker say how to start one, with the real join file") {
  SweepView view = large_sweep(1, 1);
  view.detail.summary.state = "active";
  view.detail.summary.counts.queued = 3;
  view.worker_join = "/srv/lab/join/worker.yaml";
  CHECK(
      visible_text(sweep_page(view).content.text).find("3 runs wait and no worker is connected.") !=
      std::string::npos);
  CHECK(sweep_page(view).content.text.find("--join /srv/lab/join/worker.yaml") != std::string::npos);
  view.workers_connected = 1;
  CHECK(sweep_page(view).content.text.find("no worker is connected") == std::string::npos);
  view.workers_connected = 0;
  view.detail.summary.state = "paused";
  CHECK(sweep_page(view).content.text.find("no worker is connected") == std::string::npos);
}

TEST_CASE("a sweep without cells or plots says so") {
  SweepView view;
  const std::string text = visible_text(sweep_page(view).content.text);
  CHECK(text.find("This sweep has no cells.") != std::string::npos);
  CHECK(text.find("The plot appears with the first result") != std::string::npos);
}

TEST_CASE("the part of a table stands in its address") {
  const Visitor visitor;
  CHECK(visitor.get("/sweeps/1?row=99&column=99&plot=99").status == 200);
  CHECK(visitor.get("/sweeps/1?row=-1&column=x&plot=99999999999999999999999").status == 200);
}

}  // namespace
}  // namespace scanyard::web
