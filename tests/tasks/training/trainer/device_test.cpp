#include "tasks/training/trainer/device.hpp"

#include <catch2/catch_test_macros.hpp>

namespace scanyard::training {
namespace {

TEST_CASE("the CPU is named with its model and the number of threads") {
  const auto one = find_device("cpu", 1);
  REQUIRE(one);
  CHECK(one->id == "cpu");
  CHECK_FALSE(one->name.empty());
  CHECK(one->description == "cpu: " + one->name + ", 1 thread");
  CHECK(find_device("cpu", 4)->description.ends_with(", 4 threads"));
}

TEST_CASE("a device that is not there is refused with what there is") {
  for (const char* text : {"cuda:", "cuda:x", "cuda:-1", "cuda:64", "gpu", ""}) {
    const auto device = find_device(text, 1);
    REQUIRE_FALSE(device);
    CHECK(device.error().code().text == "trainer.no_device");
    CHECK(device.error().message().find("'cpu'") != std::string::npos);
  }
}

TEST_CASE("a GPU without its plugin beside the program is one clear error") {
  const auto device = find_device("cuda:0", 1);  // no plugin stands beside a test that links none
  if (device) SKIP("this machine has a GPU and its plugin");
  CHECK((device.error().code().text == "trainer.no_gpu_plugin" ||
         device.error().code().text == "trainer.no_gpu"));
  CHECK(device.error().message().find("GPU") != std::string::npos);
  CHECK(list_gpus().error().code().text == device.error().code().text);
}

}  // namespace
}  // namespace scanyard::training
