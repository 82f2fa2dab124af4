//! Every page over the fake read model, as somebody last looked at it.
#include <catch2/catch_test_macros.hpp>

#include "tests/web/golden.hpp"
#include "tests/web/visitor.hpp"
#include "web/load.hpp"
#include "web/pages/error_page.hpp"
#include "web/pages/results_table_html.hpp"

namespace scanyard::web {
namespace {

constexpr SweepId permutations{1}, demo{2}, hostile{3};

RunId run_in(FakeReadModel& model, SweepId sweep, CellId cell, RunState state) {
  const auto runs = model.cell_runs(sweep, cell).value();
  for (const auto& run : runs) {
    if (run.state == state) return run.run;
  }
  FAIL("the fake has no such run");
  return {};
}

CellId cell_at(FakeReadModel& model, SweepId sweep, std::size_t index) {
  return model.cells(sweep).value().at(index).id;
}

void check_page(const std::string& name, const Result<Page>& page) {
  REQUIRE(page);
  check_golden(name + ".html", main_element(*page, 0).text);
}

TEST_CASE("pages look as they did when somebody last looked at them") {
  FakeReadModel model(FakeReadModel::Content::full);
  SECTION("sweeps") {
    check_page("sweeps", load_sweeps_page(model));
  }
  SECTION("sweep") {
    check_page("sweep_demo", load_sweep_page(model, demo));
  }
  SECTION("hostile sweep") {
    check_page("sweep_hostile", load_sweep_page(model, hostile));
  }
  SECTION("cell") {
    check_page("cell_demo", load_cell_page(model, demo, cell_at(model, demo, 1)));
  }
  SECTION("workers") {
    check_page("workers", load_workers_page(model));
  }
  SECTION("coordinator") {
    check_page("coordinator", load_coordinator_page(model));
  }
}

TEST_CASE("a run's page says for each state what it means and what can be done") {
  FakeReadModel model(FakeReadModel::Content::full);
  const CellId second = cell_at(model, demo, 1), third = cell_at(model, demo, 2);
  const auto page = [&](SweepId sweep, CellId cell, RunState state) {
    return load_run_page(model, run_in(model, sweep, cell, state));
  };
  SECTION("finished") {
    check_page("run_finished", page(demo, second, RunState::finished));
  }
  SECTION("diverged") {
    check_page("run_diverged", page(demo, second, RunState::diverged));
  }
  SECTION("failed") {
    check_page("run_failed", page(demo, second, RunState::failed));
  }
  SECTION("running") {
    check_page("run_running", page(demo, third, RunState::running));
  }
  SECTION("queued") {
    check_page("run_queued", page(demo, third, RunState::queued));
  }
  SECTION("cancelled") {
    check_page("run_hostile", page(hostile, cell_at(model, hostile, 0), RunState::cancelled));
  }
}

TEST_CASE("pages without data say what to do next") {
  FakeReadModel model(FakeReadModel::Content::nothing);
  check_page("sweeps_empty", load_sweeps_page(model));
  check_page("workers_empty", load_workers_page(model));
}

TEST_CASE("a table with several columns is a matrix") {
  FakeReadModel model(FakeReadModel::Content::full);
  check_golden("table_matrix.html",
               results_table_html(load_sweep(model, permutations).value().table()).text);
}

TEST_CASE("whole documents: with navigation, and for strangers without") {
  const Visitor visitor;
  check_golden("document.html", visitor.get("/coordinator").body);
  check_golden("document_401.html", visitor.get_as_stranger("/sweeps/1").body);
  check_golden("document_404.html", visitor.get("/nowhere").body);
}

TEST_CASE("the same data give the same page, byte for byte") {
  FakeReadModel once(FakeReadModel::Content::full), twice(FakeReadModel::Content::full);
  CHECK(main_element(load_sweep_page(once, permutations).value(), 0) ==
        main_element(load_sweep_page(twice, permutations).value(), 0));
}

}  // namespace
}  // namespace scanyard::web
