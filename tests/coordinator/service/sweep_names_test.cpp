#include "coordinator/service/sweep_names.hpp"

#include <catch2/catch_test_macros.hpp>

#include "coordinator/service/errc.hpp"

namespace scanyard::service {
namespace {

std::vector<SweepSummary> three_sweeps() {
  std::vector<SweepSummary> sweeps(3);
  const char* names[] = {"s5_small", "s5_wide", "s5_small"};
  for (int i = 0; i < 3; ++i) {
    sweeps[static_cast<std::size_t>(i)].id = SweepId{i + 1};
    sweeps[static_cast<std::size_t>(i)].name = names[i];
  }
  return sweeps;
}

TEST_CASE("a sweep is found by its number and by its name") {
  CHECK(find_sweep(three_sweeps(), "2", SameName::refuse)->name == "s5_wide");
  CHECK(find_sweep(three_sweeps(), "s5_wide", SameName::refuse)->id == SweepId{2});
}

TEST_CASE("of several sweeps of one name the newest is read, but none is changed") {
  CHECK(find_sweep(three_sweeps(), "s5_small", SameName::newest)->id == SweepId{3});
  const auto refused = find_sweep(three_sweeps(), "s5_small", SameName::refuse);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == errc::ambiguous_sweep);
  CHECK(refused.error().message() ==
        "2 sweeps are called 's5_small'; name one by its number: 1, 3");
}

TEST_CASE("a misspelt name gets the nearest one") {
  const auto unknown = find_sweep(three_sweeps(), "s5_wied", SameName::newest);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().message() == "there is no sweep 's5_wied'; did you mean 's5_wide'?");
  CHECK(find_sweep(three_sweeps(), "9", SameName::newest).error().code() == errc::no_such_sweep);
}

}  // namespace
}  // namespace scanyard::service
