#include "common/tables/render.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/common/tables/builders.hpp"

namespace scanyard::tables {
namespace {

ResultsTable make_table() {
  return build_results_table(make_sweep(), make_cells());
}

TEST_CASE("the terminal table is aligned and prints its protocol") {
  CHECK("\n" + render_text(make_table()) == R"(
demo (sweep 7): active, 12 of 15 runs done, 3 queued

           group=3                                                 group=4
model  m   value  paper  diff      mean ± sd  solved    n  fail.      value  solved    n  div.
--------   -----------------------------------------------------   ---------------------------
bdlru  1    0.56   0.56  0.00  0.563 ± 0.041       0  3/3      0   diverged       0  3/3     3
bdlru  2    1.00                       0.999       2  3/4      1        ...       0  0/3     0

Value: test accuracy at the epoch with the lowest test perplexity, best over lr, seed; rounded to 2
  decimals (selection "paper").
n: runs with a result of all runs. solved: ended early above the threshold. mean ± sd: over the runs
  with a value. paper: the published number; diff: value minus it. div.: results whose loss stopped
  being finite, counted in n. fail.: runs without a result.
)");
}

TEST_CASE("a narrow terminal gets several tables, each with its rows") {
  const std::string text = render_text(make_table(), 60);
  std::istringstream in(text);
  int headings = 0;
  for (std::string line; std::getline(in, line);)
    headings += line.starts_with("model  m") ? 1 : 0;
  CHECK(headings == 2);
  const std::string wide = render_text(make_table(), 300);
  CHECK(wide.find("model  m") == wide.rfind("model  m"));
}

TEST_CASE("CSV has one line a cell, with the exact value beside the rounded one") {
  std::istringstream in(render_csv(make_table()));
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  REQUIRE(lines.size() == 5);
  CHECK(lines[0].starts_with("model,m,group,value,published,difference,status,n,open,failed"));
  CHECK(lines[1] ==
        "bdlru,1,3,0.56,0.56,0.00,value,3,0,0,0,0,0,0.0000,0.5615,0.5625,0.5625,0.0414,,,,,"
        "\"{\"\"lr\"\":0.001,\"\"seed\"\":2}\",00000000000000000000000000000009\r");
  CHECK(lines[2].starts_with("bdlru,1,4,,,,diverged,3,0,0,3,"));
}

TEST_CASE("a text that a spreadsheet would run is defused") {
  auto sweep = make_sweep();
  const auto cell = make_cell(1, R"({"model":"=1+2"})", R"({"model":"=1+2"})", 0.5);
  const auto csv = render_csv(build_results_table(sweep, std::vector{cell}));
  CHECK(csv.find("\r\n\"'=1+2\",") != csv.npos);
}

TEST_CASE("JSON says everything of a cell, with null and a status where there is no number") {
  const auto json = nlohmann::json::parse(render_json(make_table()));
  CHECK(json["sweep"] == 7);
  CHECK(json["counts"]["finished"] == 12);
  REQUIRE(json["cells"].size() == 4);
  const auto& cell = json["cells"][0];
  CHECK(cell["keys"]["model"] == "bdlru");
  CHECK(cell["value"] == 0.56);
  CHECK(cell["exact_value"] == 0.5625);
  CHECK(cell["best"]["lr"] == 0.001);
  CHECK(json["cells"][1]["value"].is_null());
  CHECK(json["cells"][1]["status"] == "diverged");
}

TEST_CASE("a sweep without cells renders as one") {
  const auto table = build_results_table(make_sweep(), {});
  CHECK(render_text(table).ends_with("no cells\n"));
  CHECK(nlohmann::json::parse(render_json(table))["cells"].empty());
}

}  // namespace
}  // namespace scanyard::tables
