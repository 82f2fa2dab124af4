#include "web/responses.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/web/visitor.hpp"

namespace scanyard::web {
namespace {

TEST_CASE("a redirect says where to and asks for it with GET") {
  const Response response = redirect_response("/runs/1");
  CHECK(response.status == 303);
  CHECK(header(response, "Location") == "/runs/1");
}

TEST_CASE("a file is saved under its name when it has one") {
  CHECK(header(file_response("text/csv", "a", "t.csv"), "Content-Disposition") ==
        "attachment; filename=\"t.csv\"");
  CHECK(header(file_response("text/css", "a"), "Content-Disposition") == "(none)");
}

TEST_CASE("equal content has equal tags, other content others") {
  CHECK(header(json_response(200, "{}"), "ETag") == header(json_response(200, "{}"), "ETag"));
  CHECK(header(json_response(200, "{}"), "ETag") != header(json_response(200, "[]"), "ETag"));
}

TEST_CASE("only what was found can be unchanged") {
  Response missing = json_response(404, "{}");
  const Request request{"GET", "/", {{"If-None-Match", header(missing, "ETag")}}};
  CHECK(unless_known(missing, request).status == 404);
  CHECK(unless_known(json_response(200, "{}"), request).status == 304);
  CHECK(unless_known(plain_response(200, "x"), {"GET", "/", {{"If-None-Match", "*"}}}).status ==
        200);
}

}  // namespace
}  // namespace scanyard::web
