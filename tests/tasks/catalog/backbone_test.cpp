#include "tasks/catalog/backbone.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/tasks/catalog/build.hpp"

namespace scanyard::catalog::test {
namespace {

nlohmann::json authors_grid() {
  std::ifstream file(SCANYARD_SOURCE_DIR "/tasks/catalog/data/configs.json");
  return nlohmann::json::parse(file);
}

ShapeConfig mixer(const char* model, std::int64_t m, std::int64_t hidden) {
  ShapeConfig shape;
  shape.model = model;
  shape.m = m;
  shape.hidden = hidden;
  shape.width = 128;
  shape.layers = 1;
  return shape;
}

TEST_CASE("every LRU and LSTM of the authors' grid has their parameter count and state size") {
  const auto grid = authors_grid();
  int checked = 0;
  for (const auto& [list, model] :
       {std::pair{"bdlru_sel", "bdlru"}, {"hlru_sel", "hlru"}, {"lstm", "lstm"}}) {
    for (const auto& entry : grid.at(list)) {
      INFO(entry.dump());
      const auto shape = mixer(model, entry.value("m", 0), entry.at("hidden"));
      CHECK(mixer_parameters(shape) == entry.at("mixer_params").get<std::int64_t>());
      CHECK(state_size(shape) ==
            entry.value("state", entry.at("hidden").get<std::int64_t>()));  // LSTM: h
      ++checked;
    }
  }
  CHECK(checked == 172);
}

TEST_CASE("the recommended extension of the grid has its parameter counts too") {
  const auto grid = authors_grid().at("_recommended_extension").at("grid");
  int checked = 0;
  for (const auto& [m, entries] : grid.items()) {
    for (const auto& entry : entries) {
      INFO(entry.dump());
      CHECK(mixer_parameters(mixer("bdlru", entry.at("m"), entry.at("hidden"))) ==
            entry.at("bdlru_params"));
      CHECK(mixer_parameters(mixer("hlru", entry.at("m"), entry.at("hidden"))) ==
            entry.at("hlru_params"));
      ++checked;
    }
  }
  CHECK(checked == 64);
}

TEST_CASE("whole models count 257 V + 135,936 around their mixer") {
  auto shape = mixer("bdlru", 5, 8);
  for (const std::int64_t vocab : {16, 120}) {
    shape.vocab = vocab;
    CHECK(model_parameters(shape) == 257 * vocab + 135'936 + 5150 * 8);
  }
}

TEST_CASE("SwiGLU is 352 wide at d = 128 and 2048 at d = 768") {
  CHECK(swiglu_inner(128) == 352);
  CHECK(swiglu_inner(768) == 2048);
}

TEST_CASE("the permutation settings take the protocol's number of steps") {
  const auto steps = [](int train) {
    return derived("steps", completed(with(bdlru_s5(), {{"train", train}})));
  };
  CHECK(steps(250) == 400);
  CHECK(steps(3'000) == 4'800);
  CHECK(steps(10'000) == 15'800);
  CHECK(steps(50'000) == 78'200);
  CHECK(steps(100'000) == 156'400);
}

TEST_CASE("derived values are those of the configuration") {
  const auto run = completed(bdlru_s5());
  CHECK(derived("state", run) == 320);
  CHECK(derived("parameters", run) == 257 * 120 + 135'936 + 5150 * 64);
  CHECK(derived("state", completed(lstm_copying())) == 64);
}

TEST_CASE("cost grows with what costs, and all parts are positive") {
  const auto cost = [](const std::vector<Given>& more) {
    return vocabulary().cost(completed(with(bdlru_s5(), more)));
  };
  const auto base = cost({});
  CHECK(base.steps == 156'400);
  CHECK(base.evaluation_flops > 0);
  CHECK(cost({{"hidden", 128}}).flops_per_step > base.flops_per_step);
  CHECK(cost({{"m", 8}}).flops_per_step > base.flops_per_step);
  CHECK(cost({{"length", 32}}).memory_bytes > base.memory_bytes);
  CHECK(cost({{"train", 50000}}).steps < base.steps);
  // Twice the parameters' projections forward, as much twice again backward, of 2048 tokens; plus a
  // margin.
  CHECK(base.flops_per_step > 6.0 * 2048 * (5150 * 64 + 135'168));
  CHECK(base.flops_per_step < 8.0 * 2048 * (5150 * 64 + 135'168 + 120 * 128));
}

}  // namespace
}  // namespace scanyard::catalog::test
