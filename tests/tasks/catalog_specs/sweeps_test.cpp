//! Every file in sweeps/ expands with the real vocabulary, satisfies the printed schema, and names what its README
//! says.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "common/spec/expand.hpp"
#include "common/spec/schema.hpp"
#include "tasks/catalog/vocabulary.hpp"
#include "tests/common/spec/schema_checker.hpp"

namespace scanyard {
namespace {

namespace fs = std::filesystem;

const fs::path folder = fs::path(SCANYARD_SOURCE_DIR) / "sweeps";

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> sweep_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  return files;
}

spec::Expansion expansion_of(const std::string& file) {
  auto expansion = spec::expand(text_of(folder / file), file, catalog::vocabulary());
  INFO((expansion ? "" : expansion.error().to_string()));
  REQUIRE(expansion);
  return std::move(*expansion);
}

TEST_CASE("every sweep but the million expands") {
  CHECK(sweep_files().size() >= 4);
  for (const auto& path : sweep_files()) {
    if (path.filename() == "million.yaml") continue;
    const auto expansion = expansion_of(path.filename().string());
    CHECK(!expansion.runs.empty());
    CHECK(!expansion.cells.empty());
  }
}

TEST_CASE("every sweep satisfies the schema that scanyard prints") {
  const auto schema = nlohmann::json::parse(spec::json_schema(catalog::vocabulary()));
  for (const auto& path : sweep_files()) {
    INFO(path.string());
    CHECK(spec::first_violation(schema, spec::json_from_yaml(text_of(path))) == "");
  }
}

TEST_CASE("the paper's sweeps name the runs that their README counts") {
  CHECK(expansion_of("s3.yaml").runs.size() == 4560);
  CHECK(expansion_of("permutation_s5.yaml").runs.size() == 2280);
  CHECK(expansion_of("selective_copying.yaml").runs.size() == 9120);
}

TEST_CASE("each cell of the permutation sweeps has a published number beside it") {
  for (const char* file : {"s3.yaml", "permutation_s5.yaml"}) {
    const auto expansion = expansion_of(file);
    std::set<std::string> models;
    for (const auto& cell : expansion.cells) {
      INFO(file << " " << cell.json);
      REQUIRE(cell.published);
      models.insert(cell.published->model);
    }
    CHECK(models == std::set<std::string>{"BD-LRU", "H-LRU", "LSTM"});
  }
}

TEST_CASE("H-LRU and BD-LRU at m = 1 share their runs and keep their own cells") {
  const auto e = expansion_of("permutation_s5.yaml");
  std::map<std::string, std::uint32_t> cells;
  for (std::uint32_t i = 0; i < e.cells.size(); ++i)
    cells[e.cells[i].label] = i;
  const auto runs_of = [&](const char* label) {
    std::set<std::uint32_t> runs;
    REQUIRE(cells.contains(label));
    for (const auto& m : e.memberships) {
      if (m.cell == cells.at(label)) runs.insert(m.run);
    }
    return runs;
  };
  const auto blocks = runs_of(R"({"m":1,"model":"bdlru"})"), lags = runs_of(R"({"m":1,"model":"hlru"})");
  CHECK(blocks.size() == 15 * 15);
  CHECK(lags.size() == 16 * 15);  // one size more, 1536
  CHECK(std::includes(lags.begin(), lags.end(), blocks.begin(), blocks.end()));
}

TEST_CASE("a million runs expand, each with an id of its own", "[ci]") {
  const auto expansion = expansion_of("million.yaml");
  CHECK(expansion.runs.size() == 1'000'000);
  CHECK(expansion.duplicates == 100'000);
  CHECK(expansion.memberships.size() == 1'100'000);
  CHECK(expansion.shapes.size() == 1000);
  std::set<RunId> ids;
  for (const auto& run : expansion.runs)
    ids.insert(run.id);
  CHECK(ids.size() == expansion.runs.size());
}

}  // namespace
}  // namespace scanyard
