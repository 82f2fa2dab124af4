#include "common/ids.hpp"

#include <catch2/catch_test_macros.hpp>

#include "common/hash.hpp"

namespace scanyard {
namespace {

TEST_CASE("a run id survives the trip through its text") {
  const RunId id = Hasher().update("some run").finish();
  const auto back = RunId::parse(id.hex());
  REQUIRE(back);
  CHECK(*back == id);
  CHECK(id.hex().starts_with(id.short_hex()));
}

TEST_CASE("a run id that is too short or not hexadecimal is refused") {
  CHECK(RunId::parse("abc").error().code() == errc::bad_run_id);
  CHECK(RunId::parse("zz000000000000000000000000000000").error().code() == errc::bad_run_id);
}

TEST_CASE("tokens order by epoch first, then by number") {
  CHECK(Token{{2}, 1} > Token{{1}, 9});
  CHECK(Token{{2}, 2} > Token{{2}, 1});
}

TEST_CASE("a token survives the trip through its text") {
  const Token token{{3}, 1041};
  CHECK(Token::parse(token.to_string()).value() == token);
  for (const char* bad : {"", "3", "3.", ".4", "3.x", "-1.2", "1.2.3"}) {
    CHECK(Token::parse(bad).error().code() == errc::bad_token);
  }
}

TEST_CASE("a copied hasher continues on its own") {
  Hasher prefix;
  prefix.update("shape\n");
  Hasher copy = prefix;
  CHECK(copy.update("seed 1").finish() == Hasher().update("shape\nseed 1").finish());
  CHECK(prefix.update("seed 2").finish() == Hasher().update("shape\nseed 2").finish());
}

}  // namespace
}  // namespace scanyard
