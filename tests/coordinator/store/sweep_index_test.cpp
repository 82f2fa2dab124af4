#include "coordinator/store/sweep_index.hpp"

#include <catch2/catch_test_macros.hpp>

namespace scanyard::store {
namespace {

using Ids = std::vector<SweepId>;

SweepIndex make_index() {
  SweepIndex index;
  index.add({SweepId{1}, 1, 10, true});
  index.add({SweepId{3}, 11, 1, false});
  index.add({SweepId{4}, 12, 100, true});
  return index;
}

TEST_CASE("cells name their sweeps, each once") {
  const auto index = make_index();
  Ids sweeps;
  index.sweeps_of(std::vector<std::int64_t>{1, 10, 11, 12, 111}, sweeps);
  CHECK(sweeps == Ids{SweepId{1}, SweepId{3}, SweepId{4}});
  index.sweeps_of({}, sweeps);
  CHECK(sweeps.empty());
}

TEST_CASE("cancelled sweeps want nothing until they are taken up again") {
  auto index = make_index();
  const std::vector<std::int64_t> cells = {5, 11, 50, 60};
  CHECK(index.wanted_sweeps_of(cells) == Ids{SweepId{1}, SweepId{4}});
  index.set_wanted(SweepId{3}, true);
  index.set_wanted(SweepId{4}, false);
  CHECK(index.wanted_sweeps_of(cells) == Ids{SweepId{1}, SweepId{3}});
}

TEST_CASE("only added sweeps are known") {
  const auto index = make_index();
  CHECK(index.has(SweepId{3}));
  CHECK_FALSE(index.has(SweepId{2}));
  CHECK_FALSE(index.has(SweepId{5}));
}

}  // namespace
}  // namespace scanyard::store
