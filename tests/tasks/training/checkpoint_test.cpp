#include "tasks/training/checkpoint.hpp"

#include <catch2/catch_test_macros.hpp>

#include <filesystem>

#include "tasks/data/safetensors.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/tasks/models/model_support.hpp"

namespace scanyard::training {
namespace {

struct Written {
  testing::TemporaryFolder folder;
  models::LanguageModel model{testing::small_shape("bdlru", 2)};
  CheckpointIdentity identity{{}, R"({"m":2,"model":"bdlru"})", R"({"lr":0.001,"seed":1})"};
  std::string path = checkpoint_path(folder.path().string(), identity.run);
  RunState state;

  Written() {
    const auto values = testing::random_values(model.layout(), 1, 3, at::kFloat);
    const at::Tensor row = values.flat().select(0, 0);
    state.numbers = ReplicaNumbers{row, row.mul(2), row.square()};
    state.progress = {{{1, 9, 0.5, 0.25, 0.3, 1e300}}, 9, 1.5};
    REQUIRE(write_checkpoint(path, identity, model.layout(), state));
  }
  /// Why it cannot be read.
  std::string problem(const CheckpointIdentity& as) const {
    const auto read = read_checkpoint(path, as, model.layout());
    REQUIRE_FALSE(read);
    CHECK(read.error().code().text == "trainer.bad_checkpoint");
    return read.error().message();
  }
};

TEST_CASE("a checkpoint names its run and keeps numbers, curve and time") {
  const Written written;
  CHECK(written.path.ends_with("/00000000000000000000000000000000.safetensors"));
  auto as = written.identity;
  as.shape_json = R"({ "model" : "bdlru", "m":2 })";  // the same, spelled otherwise
  const auto read = read_checkpoint(written.path, as, written.model.layout());
  REQUIRE(read);
  CHECK((read->progress.curve == written.state.progress.curve));
  CHECK(read->progress.steps_done == 9);
  CHECK(read->progress.train_s == 1.5);
  CHECK(testing::same_bits(read->numbers->values, written.state.numbers->values));
  CHECK(testing::same_bits(read->numbers->second_moments, written.state.numbers->second_moments));
}

TEST_CASE("a checkpoint of another run, shape or rate is refused, with what differs") {
  const Written written;
  auto as = written.identity;
  as.run.bytes[0] = 1;
  CHECK(written.problem(as).find("its 'run' is '0000") != std::string::npos);
  as = written.identity;
  as.shape_json = R"({"m":3,"model":"bdlru"})";
  CHECK(written.problem(as).find("its 'shape' is {\"m\":2") != std::string::npos);
  as = written.identity;
  as.values_json = R"({"lr":0.002,"seed":1})";
  CHECK(written.problem(as).find("its 'values' is") != std::string::npos);
  const models::LanguageModel other(testing::small_shape("bdlru", 3));
  const auto read = read_checkpoint(written.path, written.identity, other.layout());
  REQUIRE_FALSE(read);
  CHECK(read.error().message().find("has another type or shape") != std::string::npos);
}

TEST_CASE("a damaged, foreign or missing checkpoint is refused") {
  const Written written;
  auto file = *data::read_safetensors(written.path);
  auto without = file;
  without.tensors.erase("exp_avg.unembed.bias");
  REQUIRE(data::write_safetensors(written.path, without));
  CHECK(written.problem(written.identity).find("exp_avg.unembed.bias") != std::string::npos);
  auto foreign = file;
  foreign.metadata["version"] = "2";
  REQUIRE(data::write_safetensors(written.path, foreign));
  CHECK(written.problem(written.identity).find("its 'version' is '2' instead of '1'") !=
        std::string::npos);
  auto numberless = file;
  numberless.metadata["steps_done"] = "9x";
  REQUIRE(data::write_safetensors(written.path, numberless));
  CHECK(written.problem(written.identity).find("steps_done") != std::string::npos);
  std::filesystem::resize_file(written.path, 100);
  written.problem(written.identity);
  std::filesystem::remove(written.path);
  written.problem(written.identity);
}

TEST_CASE("a checkpoint that cannot be written says so") {
  const Written written;
  const auto result = write_checkpoint("/proc/nowhere/x.safetensors", written.identity,
                                       written.model.layout(), written.state);
  REQUIRE_FALSE(result);
  CHECK(result.error().code().text == "trainer.checkpoint_not_written");
}

}  // namespace
}  // namespace scanyard::training
