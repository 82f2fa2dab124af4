#include "common/random/shuffle.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>

namespace scanyard::random {
namespace {

TEST_CASE("a shuffle holds every position once") {
  auto order = shuffled(1, Stream::shuffle, 0, 1000);
  CHECK_FALSE(std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  for (std::int32_t i = 0; i < 1000; ++i)
    CHECK(order[std::size_t(i)] == i);
  CHECK(shuffled(1, Stream::shuffle, 0, 0).empty());
  CHECK(shuffled(1, Stream::shuffle, 0, 1) == std::vector<std::int32_t>{0});
}

TEST_CASE("the same address gives the same order, another epoch or seed another one") {
  CHECK(shuffled(1, Stream::shuffle, 4, 50) == shuffled(1, Stream::shuffle, 4, 50));
  CHECK(shuffled(1, Stream::shuffle, 4, 50) != shuffled(1, Stream::shuffle, 5, 50));
  CHECK(shuffled(1, Stream::shuffle, 4, 50) != shuffled(2, Stream::shuffle, 4, 50));
}

TEST_CASE("all orders of four positions are equally likely") {
  std::map<std::vector<std::int32_t>, int> seen;
  for (std::uint32_t epoch = 0; epoch < 24000; ++epoch)
    ++seen[shuffled(7, Stream::shuffle, epoch, 4)];
  REQUIRE(seen.size() == 24);
  for (const auto& [order, count] : seen)
    CHECK(std::abs(count - 1000) < 155);  // five standard deviations
}

}  // namespace
}  // namespace scanyard::random
