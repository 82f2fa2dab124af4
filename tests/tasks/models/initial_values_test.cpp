#include "tasks/models/initial_values.hpp"

#include <ATen/ops/std.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "tests/tasks/models/model_support.hpp"

namespace scanyard::models {
namespace {

using Catch::Matchers::WithinRel;
using testing::same_bits;

Parameters started(const ParameterLayout& layout, std::initializer_list<std::uint64_t> seeds,
                   at::ScalarType type = at::kFloat) {
  Parameters values(layout, at::zeros({std::int64_t(seeds.size()), layout.row_elements()}, type));
  std::int64_t r = 0;
  for (const std::uint64_t seed : seeds)
    set_initial_values(values, r++, seed);
  return values;
}

std::size_t index_of(const ParameterLayout& layout, const std::string& name) {
  for (std::size_t i = 0; i < layout.entries().size(); ++i) {
    if (layout.entries()[i].name == name) return i;
  }
  FAIL("no parameter " << name);
  return 0;
}

TEST_CASE("initial values depend on the seed and nothing else") {
  const LanguageModel model(testing::small_shape("bdlru", 2));
  const auto pack = started(model.layout(), {5, 6, 5});
  const auto alone = started(model.layout(), {5});
  CHECK(same_bits(pack.flat().narrow(0, 0, 1), alone.flat()));
  CHECK(same_bits(pack.flat().narrow(0, 2, 1), alone.flat()));
  CHECK_FALSE(same_bits(pack.flat().narrow(0, 1, 1), alone.flat()));
}

TEST_CASE("a parameter starts alike in a deeper model and in float32 as in float64") {
  auto deep = testing::small_shape("hlru", 3);
  auto shallow = deep;
  shallow.layers = 1;
  const LanguageModel two(deep), one(shallow);
  const auto name = "layers.1.mix.w1.weight";
  const auto in_two = started(two.layout(), {9})[{index_of(two.layout(), name)}];
  const auto in_one = started(one.layout(), {9})[{index_of(one.layout(), name)}];
  CHECK(same_bits(in_two, in_one));
  const auto wide = started(one.layout(), {9}, at::kDouble)[{index_of(one.layout(), name)}];
  CHECK(same_bits(wide.to(at::kFloat), in_one));
}

TEST_CASE("the numbers of seed 1 are the protocol's, for ever") {
  const LanguageModel model(testing::small_shape("bdlru", 2));
  const auto values = started(model.layout(), {1}, at::kDouble);
  const auto embed = values[{index_of(model.layout(), "embed.weight")}].flatten();
  const auto gates = values[{index_of(model.layout(), "layers.0.mix.proj_gates.weight")}].flatten();
  // A change here changes every result: raise catalog::protocol_version with it.
  CHECK_THAT(embed[0].item<double>(), WithinRel(-0.01529248253154938, 1e-14));
  CHECK_THAT(embed[1].item<double>(), WithinRel(0.04096044132290809, 1e-14));
  CHECK_THAT(gates[7].item<double>(), WithinRel(-0.01791202227452665, 1e-14));
}

TEST_CASE("linear weights and embeddings have deviation 0.02, norms are 1, biases 0") {
  auto shape = testing::small_shape("bdlru", 4);
  shape.width = 64;
  shape.hidden = 16;
  const LanguageModel model(shape);
  const auto values = started(model.layout(), {3});
  for (std::size_t i = 0; i < model.layout().entries().size(); ++i) {
    const auto& entry = model.layout().entries()[i];
    const at::Tensor value = values[{i}];
    CAPTURE(entry.name);
    if (entry.name.find("norm.weight") != std::string::npos) {
      CHECK(value.eq(1).all().item<bool>());
    } else if (entry.name.ends_with("bias")) {
      CHECK(value.eq(0).all().item<bool>());
    } else {
      const double n = double(entry.count);
      // Four standard errors of a normal sample's mean and deviation.
      CHECK(std::abs(value.mean().item<double>()) < 4 * 0.02 / std::sqrt(n));
      CHECK(std::abs(at::std(value).item<double>() - 0.02) < 4 * 0.02 / std::sqrt(2 * n));
    }
  }
}

TEST_CASE("an LSTM's own parameters are uniform in +-1/sqrt(h), its output projection is not") {
  auto shape = testing::small_shape("lstm");
  shape.hidden = 25;
  shape.width = 64;
  const LanguageModel model(shape);
  const auto values = started(model.layout(), {3});
  const auto of = [&](const char* name) {
    return values[{index_of(model.layout(), std::string("layers.0.mix.") + name)}];
  };
  for (const char* name :
       {"lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.bias_ih_l0", "lstm.bias_hh_l0"}) {
    CAPTURE(name);
    CHECK(of(name).abs().max().item<double>() <= 0.2);
    CHECK(of(name).max().item<double>() > 0.17);
    CHECK(of(name).min().item<double>() < -0.17);
  }
  CHECK(std::abs(at::std(of("proj_out.weight")).item<double>() - 0.02) < 0.002);
}

}  // namespace
}  // namespace scanyard::models
