#include "web/plots/end_labels.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include "tests/support/rapidcheck_catch2.hpp"

namespace scanyard::web {
namespace {

using Positions = std::vector<double>;

TEST_CASE("labels that do not touch stay where they are") {
  CHECK(spread_apart({10, 50, 90}, 15, {0, 100}) == Positions{10, 50, 90});
  CHECK(spread_apart({90, 10}, 15, {0, 100}) == Positions{90, 10});
}

TEST_CASE("labels at one place are spread in their order") {
  CHECK(spread_apart({0, 0, 0}, 15, {0, 100}) == Positions{0, 15, 30});
  CHECK(spread_apart({100, 100}, 15, {0, 100}) == Positions{85, 100});
}

TEST_CASE("labels that fit never overlap nor leave the frame") {
  check_property("spread labels", [](std::vector<std::uint8_t> raw) {
    if (raw.size() > 10) raw.resize(10);
    const Positions wanted(raw.begin(), raw.end());
    Positions placed = spread_apart(wanted, 15, {0, 255});
    RC_ASSERT(placed.size() == wanted.size());
    std::sort(placed.begin(), placed.end());
    for (std::size_t i = 0; i < placed.size(); ++i) {
      RC_ASSERT(placed[i] >= 0 && placed[i] <= 255);
      if (i > 0) RC_ASSERT(placed[i] - placed[i - 1] >= 15 - 1e-9);  // RC_ASSERT evaluates both sides of ||
    }
  });
}

TEST_CASE("a label is escaped") {
  const std::string drawn = drawn_end_labels({{"<b>", 0, 10, 20}}, 50, {0, 100});
  CHECK(drawn.find("&lt;b&gt;</text>") != std::string::npos);
  CHECK(drawn_end_labels({}, 50, {0, 100}).empty());
}

}  // namespace
}  // namespace scanyard::web
