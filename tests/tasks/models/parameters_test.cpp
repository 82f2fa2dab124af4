#include "tasks/models/parameters.hpp"

#include <ATen/ops/arange.h>
#include <ATen/ops/zeros.h>
#include <catch2/catch_test_macros.hpp>

#include "tasks/catalog/backbone.hpp"
#include "tests/tasks/models/model_support.hpp"

namespace scanyard::models {
namespace {

TEST_CASE("parameters start at multiples of 16 elements unless they are joined") {
  ParameterLayout layout;
  const auto a = layout.add("a", {3, 5}, Initial::zeros);
  const auto b = layout.add("b", {2, 5}, Initial::zeros);
  const auto c = layout.add_joined("c", {4, 5}, Initial::zeros);
  CHECK(layout.entry(a).offset == 0);
  CHECK(layout.entry(b).offset == 16);
  CHECK(layout.entry(c).offset == 26);
  CHECK(layout.row_elements() == 48);
  CHECK(layout.parameter_count() == 45);
}

TEST_CASE("views of a parameter are every replica's slice of the flat storage") {
  ParameterLayout layout;
  layout.add("a", {3}, Initial::zeros);
  const auto b = layout.add("b", {2, 5}, Initial::zeros);
  const auto c = layout.add_joined("c", {1, 5}, Initial::zeros);
  const Parameters values(layout, at::arange(64, at::kDouble).view({2, 32}));
  CHECK(values[b].sizes() == at::IntArrayRef({2, 2, 5}));
  CHECK(values[b].select(0, 1).select(0, 1).select(0, 4).item<double>() == 32 + 16 + 9);
  const at::Tensor both = values.joined(b, c);
  CHECK(both.sizes() == at::IntArrayRef({2, 3, 5}));
  CHECK(testing::same_bits(both.narrow(1, 0, 2), values[b]));
  CHECK(testing::same_bits(both.narrow(1, 2, 1), values[c]));
  values[c].fill_(-1);
  CHECK(values.flat().select(0, 1).select(0, 26).item<double>() == -1);
}

TEST_CASE("the backbone's parameters are as many as the catalog counts") {
  for (
      const char* json :
      {R"({"model":"bdlru","m":5,"hidden":64,"width":128,"layers":1,"task":"permutation","group":5,"train":9})",
       R"({"model":"hlru","m":3,"hidden":21,"width":128,"layers":2,"task":"permutation","group":3,"train":9})",
       R"({"model":"lstm","hidden":24,"width":64,"layers":1,"task":"selective_copying","train":9})"}) {
    const auto shape = testing::parsed(json);
    const LanguageModel model(shape);
    CHECK(model.layout().parameter_count() == catalog::model_parameters(shape));
  }
}

}  // namespace
}  // namespace scanyard::models
