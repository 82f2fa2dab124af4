#include "common/spec/names.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/common/spec/small_vocabulary.hpp"

namespace scanyard::spec {
namespace {

TEST_CASE("keys come first, then helpers, and canonical order is by name") {
  const Names names(small_vocabulary(), {"alpha", "state"});
  CHECK(names.slot_count() == names.key_count() + 2);
  CHECK(names.slot("batch") == Slot{0});
  CHECK(names.slot("alpha") == Slot(names.key_count()));
  CHECK(names.is_helper(*names.slot("state")));
  CHECK_FALSE(names.slot("parameters"));
  CHECK(names.derived("parameters") == std::size_t{0});
  CHECK(names.name(names.by_name().front()) == "alpha");
  CHECK(std::is_sorted(names.by_name().begin(), names.by_name().end(),
                       [&](Slot a, Slot b) { return names.name(a) < names.name(b); }));
}

TEST_CASE("helpers are numbers of the shape, the seed is a replica key") {
  const Names names(small_vocabulary(), {"state"});
  const Slot helper = *names.slot("state");
  CHECK(names.type(helper) == ValueType::real);
  CHECK_FALSE(names.is_replica(helper));
  REQUIRE(names.seed());
  CHECK(names.is_replica(*names.seed()));
  CHECK_FALSE(names.is_replica(*names.slot("m")));
}

}  // namespace
}  // namespace scanyard::spec
