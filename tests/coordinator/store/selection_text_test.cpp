#include "coordinator/store/selection_text.hpp"

#include <catch2/catch_test_macros.hpp>

namespace scanyard::store {
namespace {

TEST_CASE("a selection survives being stored") {
  const spec::Selection selection = {.report = spec::ReportedEpoch::last,
                                     .metric = spec::Metric::perplexity,
                                     .maximise = {"lr", "hidden"},
                                     .average = {"seed"},
                                     .decimals = 4,
                                     .name = "mine \"quoted\""};
  CHECK(selection_from_json(selection_to_json(selection)) == selection);
  CHECK(selection_from_json(selection_to_json({})) == spec::Selection{});
}

TEST_CASE("what an older text does not say is the default") {
  CHECK(selection_from_json("{}") == spec::Selection{});
  CHECK(selection_from_json(R"({"metric":"novel"})").metric == spec::Metric::accuracy);
}

TEST_CASE("a layout survives being stored") {
  const spec::TableLayout layout = {.rows = {"model", "m"}, .columns = {"task"}};
  CHECK(layout_from_json(layout_to_json(layout)) == layout);
  CHECK(layout_from_json(layout_to_json({})) == spec::TableLayout{});
}

TEST_CASE("axes are picked from shape and replica, sorted, with their numbers as they stand") {
  KeyPicker axes({"seed", "lr", "hidden"});
  const std::string shape = R"({"hidden":64,"m":2})";
  CHECK(axes.pick(1, shape, R"({"lr":1e-05,"seed":3})") == R"({"hidden":64,"lr":1e-05,"seed":3})");
  CHECK(axes.pick(1, shape, R"({"seed":4})") == R"({"hidden":64,"seed":4})");
  CHECK(axes.pick(2, "{}", "{}") == "{}");
}

}  // namespace
}  // namespace scanyard::store
