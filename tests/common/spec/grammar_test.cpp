#include "common/spec/grammar.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "tests/common/spec/small_vocabulary.hpp"

namespace scanyard::spec {
namespace {

TEST_CASE("a key means one thing in one place, and is explained") {
  for (const Place place : {in_file, in_block, in_when}) {
    const auto keys = construct_keys(place);
    CHECK(std::set<std::string>(keys.begin(), keys.end()).size() == keys.size());
    for (const auto& key : keys)
      CHECK_FALSE(find_construct(key, place)->doc.empty());
  }
  CHECK(find_construct("if", in_file) == nullptr);
  CHECK(find_construct("name", in_file)->doc != find_construct("name", in_block)->doc);
}

TEST_CASE("no construct is called like a key of a run, so that advice is never ambiguous") {
  for (const auto& construct : constructs())
    CHECK_FALSE(small_vocabulary().find(construct.key));
}

}  // namespace
}  // namespace scanyard::spec
