#include "common/spec/expand.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "common/hash.hpp"
#include "tests/common/spec/small_vocabulary.hpp"

namespace scanyard::spec {
namespace {

Expansion expanded(const std::string& yaml) {
  auto expansion = expand_text(yaml);
  INFO((expansion ? "" : expansion.error().to_string()));
  REQUIRE(expansion);
  return std::move(*expansion);
}

std::set<std::string> ids(const Expansion& expansion) {
  std::set<std::string> all;
  for (const auto& run : expansion.runs)
    all.insert(run.id.hex());
  return all;
}

std::vector<std::string> labels(const Expansion& expansion) {
  std::vector<std::string> all;
  for (const auto& cell : expansion.cells)
    all.push_back(cell.label);
  return all;
}

TEST_CASE("a grid is the product of its axes") {
  const auto e = expanded("fixed: {model: bd, hidden: 8}\ngrid: {m: [1, 2, 3], lr: [0.1, 0.01]}\nseeds: 4\n");
  CHECK(e.runs.size() == 24);
  CHECK(ids(e).size() == 24);
  CHECK(e.shapes.size() == 3);
  CHECK(e.cells.size() == 3);
  CHECK(e.memberships.size() == 24);
  CHECK(e.duplicates == 0);
}

TEST_CASE("a run's id is the hash of shape, newline and replica") {
  const auto e = expanded("fixed: {model: gru, hidden: 8, lr: 1e-3}\n");
  REQUIRE(e.runs.size() == 1);
  CHECK(e.shapes[0].json ==
        R"({"batch":32,"fast":false,"hidden":8,"model":"gru","schedule":"cosine","task":"sum","version":1})");
  CHECK(e.runs[0].replica_json == R"({"lr":0.001,"lr_min":0,"seed":1,"weight_decay":0})");
  CHECK(e.runs[0].id == Hasher().update(e.shapes[0].json + "\n" + e.runs[0].replica_json).finish());
}

TEST_CASE("runs come shape by shape, seeds innermost, whatever the order in the file") {
  const auto e = expanded("seeds: [7, 3]\ngrid: {lr: [0.1, 0.2], hidden: [8, 4]}\nfixed: {model: gru}\n");
  std::vector<std::string> replicas;
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(e.runs[i].shape == 0);
    replicas.push_back(e.runs[i].replica_json.substr(0, 8) + e.runs[i].replica_json.substr(23, 2));
  }
  CHECK(e.runs[4].shape == 1);
  CHECK(e.runs[0].replica_json == R"({"lr":0.1,"lr_min":0,"seed":7,"weight_decay":0})");
  CHECK(e.runs[1].replica_json == R"({"lr":0.1,"lr_min":0,"seed":3,"weight_decay":0})");
  CHECK(e.runs[2].replica_json == R"({"lr":0.2,"lr_min":0,"seed":7,"weight_decay":0})");
}

TEST_CASE("lists of a zip run side by side") {
  const auto e = expanded("fixed: {model: bd, lr: 0.1}\nzip: {m: [1, 2, 4], hidden: [64, 32, 16]}\n");
  REQUIRE(e.shapes.size() == 3);
  for (const auto& shape : e.shapes)
    CHECK(shape.state == 64);
  const auto two = expanded(
      "fixed: {model: bd}\nzip:\n  - {m: [1, 2], hidden: [64, 32]}\n  - {lr: [0.1, 0.2], weight_decay: [0, 1]}\n");
  CHECK(two.runs.size() == 4);
}

TEST_CASE("a zip may hold shape and replica keys together") {
  const auto e = expanded("fixed: {model: gru}\nzip: {hidden: [8, 16, 8], lr: [0.1, 0.2, 0.3]}\n");
  CHECK(e.runs.size() == 3);
  CHECK(e.shapes.size() == 2);
  CHECK(e.runs[1].shape == 0);  // shape by shape, although the file names another between
  CHECK(e.runs[2].shape == 1);
}

TEST_CASE("a when adds axes to the combinations that meet it") {
  const auto e = expanded(
      "fixed: {lr: 0.1, hidden: 8}\ngrid: {model: [bd, gru]}\n"
      "when:\n  - {if: {model: bd}, grid: {m: [1, 2], gate: [softmax, sigmoid]}}\n");
  CHECK(e.runs.size() == 5);
  CHECK(e.shapes.size() == 5);
}

TEST_CASE("a when can ask with an expression and for what an earlier when set") {
  const auto e = expanded(
      "fixed: {lr: 0.1, hidden: 8}\ngrid: {model: [bd, gru]}\n"
      "when:\n  - {if: model == bd, grid: {m: [1, 2, 3]}}\n"
      "  - {if: m >= 2 and model != gru, grid: {gate: [softmax, sigmoid]}}\n");
  CHECK(e.runs.size() == 6);
}

TEST_CASE("a when may depend on what differs between replicas") {
  const auto e = expanded(
      "fixed: {model: gru, hidden: 8}\ngrid: {lr: [0.1, 0.2]}\nseeds: 2\n"
      "when:\n  - {if: {lr: 0.1}, grid: {weight_decay: [0.5, 1]}}\n");
  CHECK(e.runs.size() == 6);
  CHECK(e.shapes.size() == 1);
}

TEST_CASE("exclude leaves out, include brings back with all other axes") {
  const std::string grid = "fixed: {model: bd}\ngrid: {m: [1, 2, 3], hidden: [8, 16], lr: [0.1, 0.2]}\n";
  CHECK(expanded(grid + "exclude: {m: 3, hidden: 16}\n").runs.size() == 10);
  CHECK(expanded(grid + "exclude: [{m: [2, 3]}, m * hidden > 12]\n").runs.size() == 2);
  CHECK(expanded(grid + "include: {m: 9, hidden: 4}\n").runs.size() == 14);
  const auto back = expanded(grid + "exclude: {m: 3}\ninclude: {m: 3, hidden: 16}\n");
  CHECK(back.runs.size() == 10);
  CHECK(back.blocks.size() == 1);
}

TEST_CASE("what an include names is not crossed with the axis of the same name") {
  const auto e = expanded(
      "fixed: {model: gru, lr: 0.1}\ngrid: {hidden: [8, 16]}\nseeds: 3\ninclude: {hidden: 64, seed: [8, 9]}\n");
  CHECK(e.runs.size() == 8);
}

TEST_CASE("a key follows from a helper that is no key itself") {
  const auto e =
      expanded("fixed: {model: bd, lr: 0.1}\ngrid: {m: [1, 2, 3], state: [48, 96]}\nderive: {hidden: state / m}\n");
  CHECK(e.runs.size() == 6);
  for (const auto& shape : e.shapes)
    CHECK((shape.state == 48 || shape.state == 96));
}

TEST_CASE("derivations may build on each other in any order, and on constants of a when") {
  const auto e = expanded(
      "fixed: {lr: 0.1}\ngrid: {model: [bd, gru], state: [64]}\n"
      "derive: {batch: hidden * 2}\n"
      "when:\n  - {if: {model: bd}, fixed: {m: 2}, derive: {hidden: state / m}}\n"
      "  - {if: {model: gru}, derive: {hidden: state}}\n");
  REQUIRE(e.shapes.size() == 2);
  CHECK(e.shapes[0].json.starts_with(R"({"batch":64,)"));
  CHECK(e.shapes[1].json.starts_with(R"({"batch":128,)"));
}

TEST_CASE("a replica key can follow from another, and from the shape's derived values") {
  const auto e = expanded("fixed: {model: gru, hidden: 8}\ngrid: {lr: [0.1, 0.2]}\nderive: {lr_min: lr / 100}\n");
  CHECK(e.runs[0].replica_json == R"({"lr":0.1,"lr_min":0.001,"seed":1,"weight_decay":0})");
  CHECK(e.runs[1].replica_json == R"({"lr":0.2,"lr_min":0.002,"seed":1,"weight_decay":0})");
  const auto scaled = expanded("fixed: {model: gru}\ngrid: {hidden: [8, 32]}\nderive: {lr: 1 / parameters}\n");
  CHECK(scaled.runs[0].replica_json.starts_with(R"({"lr":0.0625,)"));
  CHECK(scaled.runs[1].replica_json.starts_with(R"({"lr":0.015625,)"));
}

TEST_CASE("constraints see keys, defaults and derived values") {
  const std::string grid =
      "fixed: {lr: 0.1}\ngrid: {hidden: [8, 16], model: [bd]}\nwhen: {if: {model: bd}, grid: {m: [1, 2, 4]}}\n";
  CHECK(expanded(grid + "where: state <= 32\n").runs.size() == 5);
  CHECK(expanded(grid + "where: [state <= 32, parameters <= 40]\n").runs.size() == 4);
  CHECK(expanded(grid + "where: m * hidden % 32 == 0\n").runs.size() == 3);
  CHECK(expanded(grid + "where: batch == 32 and gate == softmax\n").runs.size() == 6);
  CHECK(expanded(grid + "where: lr * 10 > m - 2\n").runs.size() == 4);
}

TEST_CASE("a constraint on a value that a run does not have leaves it alone") {
  const auto e = expanded(
      "fixed: {lr: 0.1, hidden: 8}\nwhere: m <= 2\n"
      "blocks:\n  - {fixed: {model: gru}}\n  - {fixed: {model: bd}, grid: {m: [1, 2, 3]}}\n");
  CHECK(e.runs.size() == 3);
}

TEST_CASE("a constraint on axes is asked before a derivation can fail") {
  const auto e = expanded(
      "fixed: {model: bd, lr: 0.1}\ngrid: {m: [2, 3], state: [8, 9]}\n"
      "derive: {hidden: state / m}\nwhere: state % m == 0\n");
  CHECK(e.runs.size() == 2);
}

TEST_CASE("equal runs become one, and cells keep the names as asked") {
  const auto e = expanded("fixed: {hidden: 8, lr: 0.1}\ngrid: {model: [bd, h], m: [1, 2]}\nseeds: 3\n");
  CHECK(e.runs.size() == 9);
  CHECK(e.duplicates == 3);
  CHECK(e.memberships.size() == 12);
  CHECK(labels(e) == std::vector<std::string>{R"({"m":1,"model":"bd"})", R"({"m":1,"model":"h"})",
                                              R"({"m":2,"model":"bd"})", R"({"m":2,"model":"h"})"});
  CHECK(e.cells[1].published->model == "H");
  CHECK(e.cells[0].published->model == "BD");
}

TEST_CASE("cells are what is equal outside the selection's axes") {
  const std::string spec = "fixed: {model: gru}\ngrid: {hidden: [8, 16], lr: [0.1, 0.2]}\nseeds: 2\n";
  CHECK(expanded(spec).cells.size() == 2);
  CHECK(expanded(spec).cells[1].state == 16);
  const auto best_size = expanded(spec + "select: {maximise: [lr, seed, hidden]}\n");
  REQUIRE(best_size.cells.size() == 1);
  CHECK(best_size.cells[0].state == 0);
  CHECK(best_size.memberships.size() == 8);
  CHECK(expanded(spec + "select: {maximise: seed}\n").cells.size() == 4);
}

TEST_CASE("a helper belongs to the cell exactly when what follows from it does") {
  const std::string spec =
      "fixed: {model: bd, lr: 0.1}\ngrid: {m: [1, 2], state: [8, 16]}\nderive: {hidden: state / m}\n";
  const auto each = expanded(spec);
  CHECK(each.cells.size() == 4);
  CHECK(each.cells[0].json.find(R"("state":8,)") != std::string::npos);
  const auto best = expanded(spec + "select: {maximise: [hidden, seed]}\n");
  CHECK(best.cells.size() == 2);
  CHECK(best.cells[0].json.find("state") == std::string::npos);
}

TEST_CASE("what follows from a selected key is left out of the cell too") {
  const auto e = expanded(
      "fixed: {model: gru, hidden: 8}\ngrid: {lr: [0.1, 0.2]}\nderive: {lr_min: lr / 100}\nselect: {maximise: lr}\n");
  CHECK(e.cells.size() == 1);
}

TEST_CASE("a label names what differs; presence alone only where it must") {
  const auto models =
      expanded("fixed: {hidden: 8, lr: 0.1}\ngrid: {model: [bd, gru]}\nwhen: {if: {model: bd}, fixed: {m: 2}}\n");
  CHECK(labels(models) == std::vector<std::string>{R"({"model":"bd"})", R"({"model":"gru"})"});
}

TEST_CASE("blocks share what the file says and replace what they say themselves") {
  const auto e = expanded(
      "fixed: {hidden: 8, lr: 0.1}\nseeds: 2\n"
      "blocks:\n  - {name: small, fixed: {model: gru}}\n  - {fixed: {model: gru}, grid: {hidden: [8, 16]}, seeds: "
      "3}\n");
  REQUIRE(e.blocks.size() == 2);
  CHECK(e.blocks[0].name == "small");
  CHECK(e.blocks[0].runs == 2);
  CHECK(e.blocks[1].name == "block 2");
  CHECK(e.blocks[1].combinations == 6);
  CHECK(e.blocks[1].runs == 4);
  CHECK(e.blocks[1].cells == 2);
  CHECK(e.duplicates == 2);
  CHECK(e.runs[0].block == 0);
}

TEST_CASE("a preset gives values that the file may replace, and a selection") {
  const auto e = expanded("protocol: paper\nfixed: {model: gru, hidden: 8, lr: 0.1}\n");
  CHECK(e.shapes[0].json.starts_with(R"({"batch":128,)"));
  CHECK(e.selection.name == "paper");
  CHECK(e.selection.maximise == std::vector<std::string>{"lr", "seed", "hidden"});
  const auto own =
      expanded("protocol: paper\nfixed: {model: gru, hidden: 8, lr: 0.1, batch: 64}\nselect: {average: seed}\n");
  CHECK(own.shapes[0].json.starts_with(R"({"batch":64,)"));
  CHECK(own.selection.name.empty());
  CHECK(own.selection.maximise == std::vector<std::string>{"lr", "hidden"});
  CHECK(own.selection.average == std::vector<std::string>{"seed"});
  CHECK(own.selection.report == ReportedEpoch::last);
}

TEST_CASE("a replica key that the shape switches off is in no run and no cell") {
  const auto e = expanded("protocol: paper\nfixed: {model: gru, hidden: 8, lr: 0.1, schedule: constant}\n");
  CHECK(e.runs[0].replica_json == R"({"lr":0.1,"seed":1,"weight_decay":0})");
  CHECK(e.cells[0].json.find("lr_min") == std::string::npos);
}

TEST_CASE("adding a value to an axis adds only the new runs") {
  const std::string head = "fixed: {model: bd, hidden: 8}\nseeds: 3\n";
  const auto before = ids(expanded(head + "grid: {m: [1, 2], lr: [0.1]}\n"));
  const auto after = ids(expanded(head + "grid: {m: [1, 3, 2], lr: [0.1]}\n"));
  CHECK(after.size() == before.size() + 3);
  for (const auto& id : before)
    CHECK(after.contains(id));
}

TEST_CASE("the sweep is called like its file unless it says otherwise") {
  const std::string spec = "fixed: {model: gru, hidden: 8, lr: 0.1}\n";
  CHECK(expanded(spec).name == "s");
  CHECK(expand(spec, "sweeps/long.name.yaml", small_vocabulary())->name == "long.name");
  const auto e = expanded(spec + "name: sizes\ndescription: |\n  two\n  lines\n");
  CHECK(e.name == "sizes");
  CHECK(e.description == "two\nlines");
}

TEST_CASE("the limit counts different runs, not combinations") {
  const std::string spec = "fixed: {hidden: 8, lr: 0.1}\ngrid: {model: [bd, h], m: [1]}\nseeds: 10\n";
  CHECK(expand_text(spec + "limit: 10\n")->runs.size() == 10);
  CHECK(expand_text(spec, {.runs_max = 10})->runs.size() == 10);
  CHECK_FALSE(expand_text(spec + "limit: 9\n"));
}

}  // namespace
}  // namespace scanyard::spec
