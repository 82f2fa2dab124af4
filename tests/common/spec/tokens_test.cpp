#include "common/spec/tokens.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "common/spec/errc.hpp"

namespace scanyard::spec {
namespace {

using Catch::Matchers::ContainsSubstring;

std::string joined(std::string_view expression) {
  const auto tokens = tokenize(expression);
  REQUIRE(tokens);
  std::string text;
  for (const auto& token : *tokens)
    text += (text.empty() ? "" : " ") + token.text;
  return text;
}

TEST_CASE("an expression splits into numbers, names and operators") {
  CHECK(joined("a<=3and b!=1e-3") == "a <= 3 and b != 1e-3");
  CHECK(joined(" (x_1+.5)*2.%y ") == "( x_1 + .5 ) * 2. % y");
  CHECK(joined("a&&b||c") == "a and b or c");
  CHECK(joined("model == 'a b'") == "model == a b");
  CHECK(joined("a ? b : c, d^2") == "a ? b : c , d ^ 2");
  CHECK(joined("1e5e") == "1e5 e");
}

TEST_CASE("what people write from habit is refused with what to write instead") {
  const auto advice = [](std::string_view expression) { return tokenize(expression).error().message(); };
  CHECK_THAT(advice("m = 3"), ContainsSubstring("use '=='"));
  CHECK_THAT(advice("m ** 2"), ContainsSubstring("use '^'"));
  CHECK_THAT(advice("m // 2"), ContainsSubstring("floor(a / b)"));
  CHECK_THAT(advice("!m"), ContainsSubstring("'not'"));
  CHECK_THAT(advice("a & b"), ContainsSubstring("'and'"));
  CHECK_THAT(advice("a | b"), ContainsSubstring("'or'"));
  CHECK_THAT(advice("a => b"), ContainsSubstring("'>='"));
  CHECK_THAT(advice("a \xe2\x89\xa4 b"), ContainsSubstring("'\xe2\x89\xa4'"));
  CHECK_THAT(advice("model == 'x"), ContainsSubstring("never closed"));
  CHECK_THAT(advice("  "), ContainsSubstring("empty"));
  CHECK(tokenize(std::string(2000, '1')).error().code() == errc::bad_expression);
}

TEST_CASE("names are those that are no functions") {
  CHECK(names_in("round(state / m) + x") == std::vector<std::string>{"state", "m", "x"});
  CHECK(names_in("a ** b").empty());
}

}  // namespace
}  // namespace scanyard::spec
