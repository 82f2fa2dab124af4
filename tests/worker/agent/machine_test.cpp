#include "worker/agent/machine.hpp"

#include <catch2/catch_test_macros.hpp>

namespace scanyard::worker {
namespace {

TEST_CASE("the machine tells what it is") {
  CHECK_FALSE(host_name().empty());
  CHECK_FALSE(cpu_name().empty());
  CHECK(cpu_count() >= 1);
  CHECK(memory_bytes() > (std::int64_t{64} << 20));
  CHECK(oom_kills() >= 0);
}

TEST_CASE("counters are read from the kernel's lists by their whole name") {
  const std::string text = "low 1\noom 5\noom_kill 3\noom_kill_disable 0\n";
  CHECK(value_in(text, "oom_kill") == 3);
  CHECK(value_in(text, "oom") == 5);
  CHECK(value_in(text, "missing") == -1);
  CHECK(value_in("max\n", "max") == -1);
}

}  // namespace
}  // namespace scanyard::worker
