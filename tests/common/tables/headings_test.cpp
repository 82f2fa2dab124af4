#include "common/tables/headings.hpp"

#include <catch2/catch_test_macros.hpp>

namespace scanyard::tables {
namespace {

TEST_CASE("texts stand bare and numbers with their key in a label") {
  const KeyTexts texts(R"({"lr":1e-05,"m":5,"model":"bdlru"})");
  CHECK(texts.label({"model", "m", "hidden", "lr"}) == "bdlru m=5 lr=1e-05");
  CHECK(texts.texts({"m", "hidden"}) == std::vector<std::string>{"5", ""});
  CHECK(texts.keys() == std::vector<std::string>{"lr", "m", "model"});
  CHECK(texts.has("m"));
  CHECK_FALSE(texts.has("hidden"));
}

TEST_CASE("a text that is no JSON object has no keys") {
  CHECK(KeyTexts("").keys().empty());
  CHECK(KeyTexts("{").keys().empty());
  CHECK(KeyTexts("[1]").keys().empty());
}

TEST_CASE("what is learned goes to the columns, what learns it to the rows") {
  CHECK(describes_task("task"));
  CHECK(describes_task("train"));
  CHECK_FALSE(describes_task("model"));
  CHECK_FALSE(describes_task("hidden"));
}

}  // namespace
}  // namespace scanyard::tables
