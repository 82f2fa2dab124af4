#include "coordinator/core/run_queue.hpp"

#include <catch2/catch_test_macros.hpp>

#include "coordinator/core/run_table.hpp"
#include "tests/coordinator/core/harness.hpp"

namespace scanyard::core {
namespace {

TEST_CASE("a fifo gives back what was pushed, in order, over its compactions") {
  RunFifo fifo;
  std::uint32_t popped = 0, pushed = 0;
  for (int round = 0; round < 2'000; ++round) {
    for (int i = 0; i < 3; ++i)
      fifo.push(RunIndex{pushed++});
    for (int i = 0; i < 2; ++i) {
      REQUIRE(fifo.front().value == popped++);
      fifo.pop();
    }
  }
  while (!fifo.empty()) {
    REQUIRE(fifo.front().value == popped++);
    fifo.pop();
  }
  CHECK(popped == pushed);
}

TEST_CASE("memory classes are a quarter of an octave wide") {
  CHECK(memory_class(0) == 0);
  CHECK(memory_class(1024) == 40);
  CHECK(memory_class(1025) == 41);
  CHECK(memory_class(2048) == 44);
}

TEST_CASE("the first fitting group is the first in the order, whatever its memory class") {
  ReadyGroups ready;
  const double memory[] = {4e9, 1e6, 2e9};
  for (std::uint32_t i = 0; i < 3; ++i)
    ready.insert(memory[i], {0, 1, i, GroupIndex{i}}, 1);
  const auto memory_of = [&](GroupIndex group) { return memory[group.value]; };
  CHECK(ready.first_fitting(8e9, memory_of)->group == GroupIndex{0});
  CHECK(ready.first_fitting(3e9, memory_of)->group == GroupIndex{1});
  CHECK_FALSE(ready.first_fitting(1e3, memory_of));
  CHECK(ready.queued_fitting(3e9) == 2);
}

TEST_CASE("a million runs are found by their ids and cost less than 100 bytes each") {
  RunTable table;
  for (int i = 0; i < 1'000'000; ++i) {
    Run run;
    run.id = run_id(i);
    table.add(run);
  }
  for (int i = 0; i < 1'000'000; i += 997)
    REQUIRE(table.find(run_id(i)).value == static_cast<std::uint32_t>(i));
  CHECK_FALSE(table.find(run_id(-5)).valid());
  CHECK(table.memory_bytes() / table.size() < 100);
}

}  // namespace
}  // namespace scanyard::core
