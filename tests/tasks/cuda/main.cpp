//! Catch2's main: the GPU's plugin is loaded before the first torch call, as scanyard-train does.
#include <catch2/catch_session.hpp>
#include <catch2/catch_test_macros.hpp>

#include "tasks/models/cpu_setup.hpp"
#include "tasks/training/trainer/device.hpp"
#include "tests/tasks/cuda/gpu.hpp"

namespace scanyard::testing {
namespace {

Result<training::TrainingDevice>& found() {
  static auto device = training::find_device("cuda:0", 1);
  return device;
}

}  // namespace

at::TensorOptions gpu() {
  if (!found()) SKIP(found().error().to_string());
  return found()->options;
}

}  // namespace scanyard::testing

int main(int argc, char** argv) {
  scanyard::testing::found();
  scanyard::models::set_up_cpu(1);
  return Catch::Session().run(argc, argv);
}
