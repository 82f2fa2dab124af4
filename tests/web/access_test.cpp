#include "web/access.hpp"

#include <catch2/catch_test_macros.hpp>

namespace scanyard::web {
namespace {

const std::string token = "0123456789abcdef0123";

Request with(const std::string& name, const std::string& value) {
  return {"GET", "/", {{name, value}}};
}

TEST_CASE("a token of 16 to 256 plain characters is usable, anything else is not") {
  CHECK(token_is_usable("abcdefghijABCD-_"));
  CHECK(token_is_usable(std::string(256, 'a')));
  CHECK_FALSE(token_is_usable(""));
  CHECK_FALSE(token_is_usable(std::string(15, 'a')));
  CHECK_FALSE(token_is_usable(std::string(257, 'a')));
  for (const char bad : {' ', '&', '=', ';', '%', '\n', '\0'})
    CHECK_FALSE(token_is_usable(std::string(20, 'a') + bad));
}

TEST_CASE("a server on loopback answers to the names of loopback only, whatever the port") {
  const Access access{token, true, {}};
  for (const char* name : {"localhost", "LOCALHOST:1", "127.0.0.1:7480", "127.0.0.1", "[::1]:80"})
    CHECK(host_is_allowed(access, name));
  for (const char* name :
       {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "[::1",
        "localhost:7480:1", "localhost:80x", "10.0.0.1", "::1", "evil.example:127.0.0.1"}) {
    CHECK_FALSE(host_is_allowed(access, name));
  }
  CHECK_FALSE(host_is_allowed(access, std::nullopt));
}

TEST_CASE("further names can be allowed, and on a public address they are the only ones if given") {
  CHECK(host_is_allowed({token, true, {"lab.example"}}, "Lab.Example:443"));
  CHECK(host_is_allowed({token, false, {}}, "anything.example"));
  CHECK_FALSE(host_is_allowed({token, false, {"lab.example"}}, "anything.example"));
  CHECK(host_is_allowed({token, false, {"lab.example"}}, "lab.example"));
  CHECK(host_is_allowed({token, false, {"lab.example"}}, "localhost"));
}

TEST_CASE("equality in constant time is equality") {
  CHECK(equal_in_constant_time("", ""));
  CHECK(equal_in_constant_time(token, token));
  CHECK_FALSE(equal_in_constant_time(token, token.substr(1)));
  CHECK_FALSE(equal_in_constant_time(token, token + "0"));
  CHECK_FALSE(equal_in_constant_time(token, "1" + token.substr(1)));
  CHECK_FALSE(equal_in_constant_time(token, token.substr(0, 19) + "4"));
}

TEST_CASE(
    "the cookie is out of reach for scripts and other sites, and its name tells servers apart") {
  const std::string cookie = cookie_header(token);
  CHECK(cookie == cookie_name(token) + "=" + token + "; Path=/; HttpOnly; SameSite=Strict");
  CHECK(cookie_name(token) != cookie_name(token + "x"));
  CHECK(cookie_name(token).find(token) == std::string::npos);
}

TEST_CASE("the token counts in the cookie of this server or as a bearer, and only whole") {
  const Access access{token, true, {}};
  const std::string name = cookie_name(token);
  CHECK(shows_token(access, with("Cookie", name + "=" + token)));
  CHECK(shows_token(access, with("cookie", "a=b; " + name + "=" + token + "; c=d")));
  CHECK(shows_token(access, with("Authorization", "Bearer " + token)));
  CHECK(shows_token(access, with("authorization", "bearer  " + token)));
  CHECK_FALSE(shows_token(access, with("Cookie", name + "=" + token.substr(1))));
  CHECK_FALSE(shows_token(access, with("Cookie", "x" + name + "=" + token)));
  CHECK_FALSE(shows_token(access, with("Cookie", "other=" + token)));
  CHECK_FALSE(shows_token(access, with("Cookie", name)));
  CHECK_FALSE(shows_token(access, with("Cookie", "")));
  CHECK_FALSE(shows_token(access, with("Authorization", "Basic " + token)));
  CHECK_FALSE(shows_token(access, with("Authorization", token)));
  CHECK_FALSE(shows_token(access, with("X-Token", token)));
}

TEST_CASE("a wrong bearer is not saved by a right cookie") {
  const Access access{token, true, {}};
  const Request request{
      "GET",
      "/",
      {{"Authorization", "Bearer wrong"}, {"Cookie", cookie_name(token) + "=" + token}}};
  CHECK_FALSE(shows_token(access, request));
}

TEST_CASE("headers are found whatever their letter case") {
  const Headers headers = {{"Content-Type", "text/plain"}, {"ETAG", "1"}, {"etag", "2"}};
  CHECK(find_header(headers, "content-type") == "text/plain");
  CHECK(find_header(headers, "ETag") == "1");
  CHECK_FALSE(find_header(headers, "Content").has_value());
}

}  // namespace
}  // namespace scanyard::web
