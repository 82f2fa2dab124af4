#include "web/target.hpp"

#include <catch2/catch_test_macros.hpp>

namespace scanyard::web {
namespace {

using Segments = std::vector<std::string>;

TEST_CASE("an address is taken apart into decoded segments and parameters") {
  const auto target = parse_target("/sweeps//3/a%2Fb%20c/?q=x+y%26z&empty=&flag&q=2");
  REQUIRE(target);
  CHECK(target->segments == Segments{"sweeps", "3", "a/b c"});
  CHECK(target->parameter("q") == "x y&z");
  CHECK(target->parameter("empty") == "");
  CHECK(target->parameter("flag") == "");
  CHECK_FALSE(target->parameter("missing").has_value());
}

TEST_CASE("what is no path is refused") {
  for (const char* bad :
       {"", "*", "sweeps", "http://localhost/", "/%zz", "/%1", "/a b", "/\x01", "/a?b=%g0"}) {
    INFO(bad);
    CHECK_FALSE(parse_target(bad).has_value());
  }
}

TEST_CASE("an address without one of its parameters keeps the others and never leaves the site") {
  CHECK(parse_target("/?token=secret")->without_parameter("token") == "/");
  CHECK(parse_target("/sweeps/3?a=1&token=secret&b=%26")->without_parameter("token") ==
        "/sweeps/3?a=1&b=%26");
  CHECK(parse_target("//evil.example/x?token=t")->without_parameter("token") == "/evil.example/x");
  CHECK(parse_target("/%2F%2Fevil.example?token=t")->without_parameter("token") ==
        "/%2F%2Fevil.example");
  CHECK(parse_target("/a%0d%0aSet-Cookie:x?token=t")->without_parameter("token") ==
        "/a%0D%0ASet-Cookie%3Ax");
}

TEST_CASE("encoding leaves only plain characters as they are") {
  CHECK(percent_encoded("aZ09-._~") == "aZ09-._~");
  CHECK(percent_encoded("/ ?#\xC3\xA9") == "%2F%20%3F%23%C3%A9");
}

}  // namespace
}  // namespace scanyard::web
