//! scanyard-golden's checks on the committed vectors, and on copies that were damaged on purpose.
#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tasks/data/safetensors.hpp"
#include "tasks/models/cpu_setup.hpp"
#include "tasks/training/golden/run.hpp"
#include "tests/support/temporary_folder.hpp"

namespace scanyard::golden {
namespace {

namespace fs = std::filesystem;

const std::string data_folder = SCANYARD_SOURCE_DIR "/tests/golden/data";

struct Outcome {
  Counts counts;
  std::string output;
};

Outcome check(const std::string& folder) {
  std::ostringstream out;
  const auto counts = check_folder(folder, out);
  REQUIRE(counts);
  return {*counts, out.str()};
}

/// A golden folder of one file, copied from the committed ones.
class Copy {
 public:
  explicit Copy(const std::string& file) : file_(file) {
    fs::create_directories(fs::path(path(file)).parent_path());
    fs::copy_file(data_folder + "/" + file, path(file));
    std::ifstream in(data_folder + "/index.json");
    for (const auto& entry : nlohmann::json::parse(in)) {
      if (entry.at("file") == file) index_.push_back(entry);
    }
    REQUIRE(index_.size() == 1);
  }

  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  nlohmann::json& entry() { return index_[0]; }

  data::TensorFile read() const {
    auto file = data::read_safetensors(path(file_));
    REQUIRE(file);
    return *file;
  }
  void write(const data::TensorFile& file) const {
    REQUIRE(data::write_safetensors(path(file_), file));
  }
  Outcome checked() const {
    std::ofstream(path("index.json")) << index_;
    return check(folder_.path().string());
  }

 private:
  testing::TemporaryFolder folder_;
  std::string file_;
  nlohmann::json index_ = nlohmann::json::array();
};

/// Adds `by` to one element of a float64 tensor.
void nudge(data::TensorFile& file, const std::string& name, std::size_t element, double by) {
  auto& tensor = file.tensors.at(name);
  auto values = tensor.to_doubles();
  values.at(element) += by;
  tensor = data::Tensor::of<double>(tensor.shape, values);
}

void check_fails_with(const Outcome& outcome, const std::string& text) {
  CHECK(outcome.counts.passed == 0);
  CHECK(outcome.counts.failed == 1);
  CHECK(outcome.counts.skipped == 0);
  INFO(outcome.output);
  CHECK(outcome.output.find(text) != std::string::npos);
  CHECK(outcome.output.ends_with("\n0 passed, 1 failed, 0 skipped\n"));
}

TEST_CASE("every committed golden file that applies matches") {
  models::set_up_cpu(1);
  const Outcome outcome = check(data_folder);
  INFO(outcome.output);
  CHECK(outcome.counts.failed == 0);
  // Files that this version covers; a change that stops covering one must not pass unseen.
  CHECK(outcome.counts.passed >= 69);
  CHECK(outcome.counts.passed + outcome.counts.skipped == 118);
}

TEST_CASE("a copy of a golden file passes alone, and its last line is the count") {
  const Outcome outcome = Copy("layers/bdlru_sel_m2_softmax.safetensors").checked();
  CHECK(outcome.output.starts_with("passed  layers/bdlru_sel_m2_softmax.safetensors  "));
  CHECK(outcome.output.ends_with("\n1 passed, 0 failed, 0 skipped\n"));
}

TEST_CASE("one changed number in a golden file is found, with the tensor's name") {
  for (const char* tensor : {"y", "grad.x", "grad.proj_gates.bias", "param.proj_v.weight"}) {
    Copy copy("layers/bdlru_sel_m2_softmax.safetensors");
    auto file = copy.read();
    nudge(file, tensor, 3, 1e-4);
    copy.write(file);
    const Outcome outcome = copy.checked();
    // A changed parameter shows in what is computed from it.
    check_fails_with(outcome, std::string(tensor).starts_with("param") ? "FAILED" : tensor);
  }
}

TEST_CASE("a changed loss, moment or target is found") {
  Copy training("training/mad_bdlru_m2_wd0.1_fp64.safetensors");
  auto file = training.read();
  nudge(file, "exp_avg_sq.unembed.weight", 0, 1e-6);
  training.write(file);
  check_fails_with(training.checked(), "exp_avg_sq.unembed.weight");

  Copy task("tasks/permutations.safetensors");
  file = task.read();
  auto targets = file.tensors.at("S4.target").to_integers();
  targets[5] = (targets[5] + 1) % 24;
  file.tensors.at("S4.target") =
      data::Tensor::of<std::int64_t>(file.tensors.at("S4.target").shape, targets);
  task.write(file);
  check_fails_with(task.checked(), "S4.target");
}

TEST_CASE("a tensor that is missing from the file fails, also an input and an unused one") {
  for (const char* tensor : {"grad.x", "dy", "extra.gates"}) {
    Copy copy("layers/hlru_sel_m2_softmax.safetensors");
    auto file = copy.read();
    REQUIRE(file.tensors.erase(tensor) == 1);
    copy.write(file);
    check_fails_with(copy.checked(), std::string("tensor '") + tensor + "' is missing");
  }
}

TEST_CASE("a result that is missing from file and index fails, not skips") {
  Copy copy("layers/hlru_sel_m2_softmax.safetensors");
  auto file = copy.read();
  file.tensors.erase("grad.x");
  copy.write(file);
  copy.entry().at("tensors").erase("grad.x");
  check_fails_with(copy.checked(), "tensor 'grad.x' is missing");
}

TEST_CASE("a file that differs from its index, is damaged or is not there fails") {
  Copy shape("layers/lstm_h5.safetensors");
  shape.entry()["tensors"]["y"][1] = {2, 8, 12};
  check_fails_with(shape.checked(),
                   "tensor 'y' is float64 [2, 12, 8] instead of float64 [2, 8, 12]");

  Copy extra("layers/lstm_h5.safetensors");
  auto file = extra.read();
  file.tensors["more"] = file.tensors.at("y");
  extra.write(file);
  check_fails_with(extra.checked(), "tensor 'more' is not in the index");

  Copy cut("layers/lstm_h5.safetensors");
  fs::resize_file(cut.path("layers/lstm_h5.safetensors"), 1000);
  check_fails_with(cut.checked(), "lstm_h5.safetensors");

  Copy gone("layers/lstm_h5.safetensors");
  fs::remove(gone.path("layers/lstm_h5.safetensors"));
  check_fails_with(gone.checked(), "lstm_h5.safetensors");

  Copy config("layers/bdlru_sel_m2_softmax.safetensors");
  config.entry()["config"]["H"] = 4;
  check_fails_with(config.checked(), "FAILED");
}

TEST_CASE("what is not covered is skipped with its name") {
  Copy copy("layers/hlru_sel_T_m2_softmax.safetensors");
  const Outcome outcome = copy.checked();
  CHECK(outcome.output.find("not covered yet: layer 'hlru_sel' with setting 'transposed'") !=
        std::string::npos);
  CHECK(outcome.output.ends_with("\n0 passed, 0 failed, 1 skipped\n"));
}

TEST_CASE("a folder without a usable index is an error") {
  testing::TemporaryFolder folder;
  std::ostringstream out;
  CHECK_FALSE(check_folder(folder.path().string(), out));
  const std::string index = (folder.path() / "index.json").string();
  for (const char* text :
       {"", "{}", "[]", "[{}]", R"([{"file":"a/b.safetensors","tensors":{"x":3}}])"}) {
    std::ofstream(index) << text;
    const auto result = check_folder(folder.path().string(), out);
    REQUIRE_FALSE(result);
    CHECK(result.error().code().text == "golden.bad_index");
    CHECK(result.error().message().find("index.json") != std::string::npos);
  }
  CHECK(out.str().empty());
}

}  // namespace
}  // namespace scanyard::golden
