//! Every example of docs/sweep_grammar.md expands as it is printed there.
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>
#include <vector>

#include "common/spec/expand.hpp"
#include "tasks/catalog/vocabulary.hpp"

namespace scanyard {
namespace {

std::vector<std::string> yaml_examples() {
  std::ifstream in(SCANYARD_SOURCE_DIR "/docs/sweep_grammar.md", std::ios::binary);
  REQUIRE(in);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::string open = "```yaml\n", close = "```";
  std::vector<std::string> examples;
  for (std::size_t at = text.find(open); at != text.npos; at = text.find(open, at)) {
    at += open.size();
    examples.push_back(text.substr(at, text.find(close, at) - at));
  }
  return examples;
}

/// What the reader of an example has in the file beside it, and the runs that come out.
struct Surroundings {
  const char* yaml;
  std::size_t runs;
};

const std::vector<Surroundings> surroundings = {
    {"", 30},
    {"fixed: {task: permutation, group: 3, train: 100, model: bdlru}\n", 5 * 5 * 7 * 3 * 4},
    {"fixed: {task: selective_copying, copies: 16, model: lstm, hidden: 8, lr: 1e-3}\n", 4},
    {"fixed: {task: permutation, group: 3, train: 100, lr: 1e-3}\n", 16},
    {"fixed: {task: permutation, group: 3, train: 100, model: bdlru, lr: 1e-3}\n", 9},
    {"fixed: {task: permutation, group: 3, train: 100}\n"
     "grid: {model: [bdlru, hlru], m: [1, 2, 3, 4], hidden: [8, 16], lr: [1e-3, 2e-3]}\n",
     28},
    {"", 150},
    {"fixed: {task: permutation, group: 3, model: bdlru, hidden: 8}\ngrid: {m: [1, 2], train: [100, 200], lr: "
     "[1e-3]}\n",
     4},
};

TEST_CASE("every example of the manual expands") {
  const auto examples = yaml_examples();
  REQUIRE(examples.size() == surroundings.size());
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const std::string spec = surroundings[i].yaml + examples[i];
    INFO(spec);
    const auto expansion = spec::expand(spec, "s.yaml", catalog::vocabulary());
    INFO((expansion ? "" : expansion.error().to_string()));
    REQUIRE(expansion);
    CHECK(expansion->runs.size() == surroundings[i].runs);
  }
}

}  // namespace
}  // namespace scanyard
