//! Which GPUs a worker offers.
#include "worker/agent/devices.hpp"

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <fstream>

#include "tests/support/temporary_folder.hpp"
#include "worker/agent/agent.hpp"
#include "worker/agent/errc.hpp"

namespace scanyard::worker {
namespace {

const std::vector<GpuDevice> two = {{"cuda:0", "GPU A", 80'000'000'000},
                                    {"cuda:1", "GPU B", 40'000'000'000}};

std::string program_that(const testing::TemporaryFolder& folder, const std::string& does) {
  const auto path = folder.path() / "trainer";
  {
    std::ofstream out(path);
    out << "#!/bin/sh\n" << does << '\n';
  }
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path.string();
}

TEST_CASE("a choice of devices is auto, cpu, cuda or a list of different GPUs") {
  for (const char* good : {"auto", "cpu", "cuda", "cuda:0", "cuda:1,cuda:0"})
    CHECK(is_device_choice(good));
  for (const char* bad : {"", "gpu", "cuda:", "cuda:x", "cuda:0,", "cuda:0,cuda:0", "cpu,cuda:0"})
    CHECK_FALSE(is_device_choice(bad));
}

TEST_CASE("listed GPUs are used in their order, and one that is not there is named") {
  const auto chosen = chosen_gpus("cuda:1,cuda:0", two);
  REQUIRE(chosen);
  CHECK(chosen->at(0).device_name == "GPU B");
  CHECK(chosen_gpus("auto", two)->size() == 2);
  CHECK(chosen_gpus("auto", {})->empty());
  CHECK(chosen_gpus("cuda", {}).error().code() == errc::no_gpu);
  const auto missing = chosen_gpus("cuda:0,cuda:7", two);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message().starts_with("cuda:7 is not there; the trainer found 2 GPUs"));
}

TEST_CASE("every GPU gets as many trainers as there are slots, which share its memory") {
  AgentConfig config;
  config.slots = 2;
  config.threads = 3;
  const auto slots = gpu_slots(config, two);
  REQUIRE(slots.size() == 4);
  CHECK(slots[0].device == "cuda:0");
  CHECK(slots[1].device == "cuda:0");
  CHECK(slots[2].device == "cuda:1");
  CHECK(slots[3].slot.value == 3);
  CHECK(slots[1].memory_bytes == 36'000'000'000);
  CHECK(slots[3].memory_bytes == 18'000'000'000);
  CHECK(slots[3].threads == 3);
  config.memory_gb = 5;
  CHECK(gpu_slots(config, two)[0].memory_bytes == 5'000'000'000);
}

TEST_CASE("the trainer is asked for its GPUs, and what it complains of is the error") {
  testing::TemporaryFolder folder;
  const auto lists = program_that(
      folder, R"(echo '{"device":"cuda:0","device_name":"GPU A","memory_bytes":7}')");
  const auto found = find_gpus("cuda", lists);
  REQUIRE(found);
  REQUIRE(found->size() == 1);
  CHECK(found->front().memory_bytes == 7);
  const auto complains = program_that(folder, "echo 'the driver is too old' >&2; exit 3");
  CHECK(find_gpus("cuda", complains).error().message() == "the driver is too old");
  CHECK(find_gpus("cuda", program_that(folder, "echo nonsense")).error().code() == errc::no_gpu);
  CHECK(find_gpus("cpu", complains)->empty());
}

}  // namespace
}  // namespace scanyard::worker
