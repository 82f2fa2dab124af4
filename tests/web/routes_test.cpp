#include "web/routes.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/web/visitor.hpp"

namespace scanyard::web {
namespace {

using Json = nlohmann::json;

TEST_CASE("addresses that lead nowhere say so with 404") {
  const Visitor visitor;
  for (const char* address : {"/nowhere",
                              "/sweeps/99",
                              "/sweeps/0",
                              "/sweeps/-1",
                              "/sweeps/01",
                              "/sweeps/1x",
                              "/sweeps/99999999999999999999",
                              "/sweeps/1/cells/31",
                              "/sweeps/1/cells/x",
                              "/sweeps/1/nothing",
                              "/sweeps/1/plots/0.svg",
                              "/sweeps/1/plots/9.svg",
                              "/sweeps/1/plots/1.png",
                              "/runs/zz",
                              "/runs/00000000000000000000000000000000",
                              "/sweeps/../workers",
                              "/static/../CMakeLists.txt",
                              "/static/layout.html",
                              "/static/",
                              "/workers/1",
                              "/runs",
                              "/find?run=zz",
                              "/templates/run.html"}) {
    INFO(address);
    CHECK(visitor.get(address).status == 404);
  }
}

TEST_CASE("below /api what leads nowhere is JSON with a code") {
  const Visitor visitor;
  for (const char* address : {"/api/nothing", "/api/sweeps/99", "/api/sweeps/1/cells/31",
                              "/api/runs/zz", "/api/sweeps/1/nothing", "/api/sweeps/x"}) {
    INFO(address);
    const Response response = visitor.get(address);
    CHECK(response.status == 404);
    CHECK(Json::parse(response.body)["error"]["code"] == "store.not_found");
  }
}

TEST_CASE("the start of a run's id leads to its page, if only one fits") {
  const Visitor visitor;
  const auto cell = visitor.model.cells({2}).value().at(0);
  const std::string id = visitor.model.cell_runs({2}, cell.id).value().at(0).run.hex();
  for (const std::string& address :
       {"/runs/" + id.substr(0, 10), "/find?run=" + id.substr(0, 10), "/find?run=+" + id + "+"}) {
    INFO(address);
    const Response response = visitor.get(address);
    CHECK(response.status == 303);
    CHECK(header(response, "Location") == "/runs/" + id);
  }
  const Response ambiguous = visitor.get("/find?run=");
  CHECK(ambiguous.status == 409);
  CHECK(ambiguous.body.find("Several runs fit") != std::string::npos);
}

TEST_CASE("every kind of data is there as JSON") {
  const Visitor visitor;
  const auto json = [&](const std::string& address) {
    const Response response = visitor.get(address);
    INFO(address);
    REQUIRE(response.status == 200);
    CHECK(header(response, "Content-Type") == "application/json");
    return Json::parse(response.body);
  };
  CHECK(json("/api/sweeps")["sweeps"].size() == 4);
  CHECK(json("/api/sweeps/2")["runs"]["total"] == 32);
  CHECK(json("/api/sweeps/2/table").contains("cells"));
  CHECK(json("/api/sweeps/1/plots")["plots"].size() == 5);
  const Json cell = json("/api/sweeps/1/cells/12");
  CHECK(cell["members"].size() == 45);
  CHECK(cell["published"] == 0.62);
  const std::string best = cell["best_run"];
  const Json run = json("/api/runs/" + best);
  CHECK(run["id"] == best);
  CHECK(run["curve"].size() == 40);
  CHECK(run["outcome"]["at_lowest_perplexity"]["test_accuracy"] == cell["value"]);
  CHECK(json("/api/workers")["workers"].size() == 4);
  CHECK(json("/api/coordinator")["endpoint"] == "tcp://login1:7400");
  CHECK(json("/api")["addresses"].size() == 8);
}

TEST_CASE("the table and a curve are there as CSV, the spec as it was submitted") {
  const Visitor visitor;
  const Response table = visitor.get("/sweeps/1/table.csv");
  CHECK(header(table, "Content-Type") == "text/csv; charset=utf-8");
  CHECK(header(table, "Content-Disposition") == "attachment; filename=\"sweep-1.csv\"");
  CHECK(std::count(table.body.begin(), table.body.end(), '\n') == 31);
  const auto cell = visitor.model.cells({1}).value().at(0);
  const Response curve = visitor.get("/runs/" + cell.best_run->hex() + "/curve.csv");
  CHECK(std::count(curve.body.begin(), curve.body.end(), '\n') == 41);
  CHECK(curve.body.starts_with("epoch,step,train_loss,test_accuracy,"));
  const Response spec = visitor.get("/sweeps/1/spec.yaml");
  CHECK(spec.body == visitor.model.sweep({1}).value().spec_text);
}

TEST_CASE("a plot can be saved as a file but is never shown as a document of the site") {
  const Visitor visitor;
  const Response plot = visitor.get("/sweeps/1/plots/5.svg");
  CHECK(header(plot, "Content-Type") == "image/svg+xml");
  CHECK(header(plot, "Content-Disposition") == "attachment; filename=\"sweep-1-plot-5.svg\"");
  CHECK(plot.body.starts_with("<?xml"));
}

TEST_CASE("when the read model fails the page says why, and so does the JSON") {
  const Visitor visitor;
  visitor.model.break_down();
  for (const char* address : {"/", "/sweeps/1", "/sweeps/1/cells/1", "/workers", "/coordinator",
                              "/sweeps/1/table.csv", "/find?run=1"}) {
    INFO(address);
    const Response response = visitor.get(address);
    CHECK(response.status == 500);
    CHECK(response.body.find("store.damaged") != std::string::npos);
    CHECK(response.body.find("damaged at page 17") != std::string::npos);
  }
  const Response json = visitor.get("/api/sweeps");
  CHECK(json.status == 500);
  CHECK(Json::parse(json.body)["error"]["code"] == "store.damaged");
}

}  // namespace
}  // namespace scanyard::web
