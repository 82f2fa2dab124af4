#include "common/spec/expression.hpp"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <map>

#include "common/spec/errc.hpp"
#include "tests/common/spec/small_vocabulary.hpp"

namespace scanyard::spec {
namespace {

struct Fixture {
  Names names{small_vocabulary(), {"size"}};
  ValueTable values;

  Result<std::shared_ptr<Expression>> compile(const std::string& text, ExpressionUse use = ExpressionUse::constraint) {
    return Expression::compile(text, use, names, values);
  }

  /// With numbers, or texts as their ids, by name.
  double evaluate(const std::string& text, const std::map<std::string, double>& given = {}) {
    auto expression = compile(text);
    INFO(text << ": " << (expression ? "" : expression.error().message()));
    REQUIRE(expression);
    std::vector<double> inputs;
    for (const auto& reference : (*expression)->references()) {
      const std::string name = reference.derived ? small_vocabulary().derived()[reference.index].name
                                                 : std::string(names.name(reference.index));
      inputs.push_back(given.at(name));
    }
    return (*expression)->evaluate(inputs);
  }

  std::string refusal(const std::string& text, ExpressionUse use = ExpressionUse::constraint) {
    auto expression = compile(text, use);
    INFO(text);
    REQUIRE_FALSE(expression);
    return expression.error().message();
  }
};

TEST_CASE("arithmetic has the usual precedence") {
  Fixture f;
  CHECK(f.evaluate("2 + 3 * 4 ^ 2 / 8") == 8);
  CHECK(f.evaluate("-2 ^ 2") == -4);
  CHECK(f.evaluate("17 % 5 * 2") == 4);
  CHECK(f.evaluate("m * hidden - 1", {{"m", 3}, {"hidden", 7}}) == 20);
}

TEST_CASE("functions are those of the table") {
  Fixture f;
  CHECK(f.evaluate("round(2.5) + floor(2.7) + ceil(2.1) + abs(-1)") == 9);
  CHECK(f.evaluate("max(2, 3) * min(2, 3) + sqrt(16)") == 10);
  CHECK(f.evaluate("log2(8) + log10(1000) + ln(exp(2))") == Catch::Approx(8));
  CHECK(function_names().size() == 11);
}

TEST_CASE("and, or and not bind as one reads them") {
  Fixture f;
  CHECK(f.evaluate("not m == 3", {{"m", 4}}) == 1);
  CHECK(f.evaluate("not (m == 4) or m > 3 and m < 5", {{"m", 4}}) == 1);
  CHECK(f.evaluate("m == 1 or m == 2 and false", {{"m", 1}}) == 1);
  CHECK(f.evaluate("m > 2 ? m : -m", {{"m", 1}}) == -1);
}

TEST_CASE("texts are compared by value") {
  Fixture f;
  const double bd = f.values.intern(Value(std::string("bd")));
  CHECK(f.evaluate("model == bd", {{"model", bd}}) == 1);
  CHECK(f.evaluate("model != 'bd' or model == \"gru\"", {{"model", bd}}) == 0);
  CHECK(f.evaluate("(model == bd) and m > 1", {{"model", bd}, {"m", 2}}) == 1);
}

TEST_CASE("texts cannot be calculated with, and have only their own values") {
  Fixture f;
  for (const char* text : {"model + 1", "model", "model == bd + 1", "1 + model == bd", "model < gru", "model == 3",
                           "bd == model", "round(model)", "model == (bd)"}) {
    INFO(text);
    CHECK_FALSE(f.compile(text));
  }
  CHECK(f.refusal("model == gur") == "'model' is never 'gur'; did you mean 'gru'?");
}

TEST_CASE("comparisons cannot be chained, because they would not mean what they say") {
  Fixture f;
  CHECK(f.refusal("1 <= m <= 3") == "comparisons cannot be chained; write: a <= b and b <= c");
  CHECK_FALSE(f.compile("model == bd == 1"));
  CHECK(f.compile("(m > 1) == (hidden > 1)"));
  CHECK(f.compile("m > 1 ? hidden > 2 : hidden > 3"));
}

TEST_CASE("an unknown name is refused with the nearest one") {
  Fixture f;
  CHECK(f.refusal("hiden > 3") == "'hiden' is no name that an expression can use; did you mean 'hidden'?");
  CHECK(f.refusal("stat > 3") == "'stat' is no name that an expression can use; did you mean 'state'?");
  CHECK(f.refusal("rond(m)") == "'rond' is no function; did you mean 'round'?");
  CHECK(f.compile("nothing > 3").error().code() == errc::unknown_name);
}

TEST_CASE("derived values are for where and derive, since a when is decided before they are known") {
  Fixture f;
  CHECK(f.compile("state > 3", ExpressionUse::derivation));
  CHECK(f.refusal("state > 3", ExpressionUse::condition).find("under 'where' and 'derive'") != std::string::npos);
}

TEST_CASE("a helper hides a derived value of the same name") {
  Fixture f;
  f.names = Names(small_vocabulary(), {"state"});
  const auto expression = f.compile("state > 3");
  REQUIRE(expression);
  CHECK_FALSE((*expression)->references()[0].derived);
}

TEST_CASE("what does not parse is refused") {
  Fixture f;
  for (const char* text : {"m >", "m m", "(m", "m)", "1, 2", "max(1)", "round(1, 2)", "? :", "m ? 1", ")(", "and",
                           "not", "m +* 2", "2 (3)", "round", "v0"}) {
    INFO(text);
    CHECK_FALSE(f.compile(text));
  }
}

TEST_CASE("an expression that names a value twice wants it once") {
  Fixture f;
  CHECK(f.compile("m * m + hidden").value()->references().size() == 2);
}

}  // namespace
}  // namespace scanyard::spec
