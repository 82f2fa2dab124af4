#include "worker/agent/log.hpp"

#include <catch2/catch_test_macros.hpp>

namespace scanyard::worker {
namespace {

TEST_CASE("an event is one line of key=value, quoted where it must be") {
  CHECK(format_event("a.b", {{"k", "v"}, {"n", "3"}}) == "a.b k=v n=3");
  CHECK(format_event("a", {{"k", "two words"}}) == "a k=\"two words\"");
  CHECK(format_event("a", {{"k", "say \"hi\""}}) == "a k=\"say \\\"hi\\\"\"");
  CHECK(format_event("a", {{"k", ""}}) == "a k=\"\"");
  CHECK(format_event("a", {{"k", "1\n2"}}) == "a k=\"1 2\"");
}

}  // namespace
}  // namespace scanyard::worker
