#include "web/site.hpp"

#include <catch2/catch_test_macros.hpp>

#include <nlohmann/json.hpp>

#include "tests/web/visitor.hpp"

namespace scanyard::web {
namespace {

using Json = nlohmann::json;

std::string cookie() {
  return cookie_name(right_token) + "=" + right_token;
}

TEST_CASE(
    "without the token every address but the static files is refused, and says how to get in") {
  const Visitor visitor;
  for (const char* address : {"/", "/sweeps/1", "/workers", "/coordinator", "/nowhere",
                              "/find?run=a", "/sweeps/1/table.csv", "/events", "/runs/00"}) {
    INFO(address);
    const Response response = visitor.get_as_stranger(address);
    CHECK(response.status == 401);
    CHECK(header(response, "WWW-Authenticate") == "Bearer realm=\"scanyard\"");
    CHECK(response.body.find("printed where the coordinator was started") != std::string::npos);
    CHECK(response.body.find(right_token) == std::string::npos);
    CHECK_FALSE(response.events_since.has_value());
  }
  CHECK(visitor.get_as_stranger("/static/style.css").status == 200);
  CHECK(visitor.get_as_stranger("/favicon.ico").status == 200);
}

TEST_CASE("a refusal below /api is JSON") {
  const Visitor visitor;
  const Response response = visitor.get_as_stranger("/api/sweeps");
  CHECK(response.status == 401);
  CHECK(Json::parse(response.body)["error"]["code"] == "web.not_signed_in");
}

TEST_CASE("the token in the address becomes a cookie and leaves the address") {
  const Visitor visitor;
  const Response response = visitor.get_as_stranger("/sweeps/1?token=" + right_token + "&x=1");
  CHECK(response.status == 303);
  CHECK(header(response, "Location") == "/sweeps/1?x=1");
  CHECK(header(response, "Set-Cookie") == cookie() + "; Path=/; HttpOnly; SameSite=Strict");
  CHECK(visitor.get_as_stranger("/sweeps/1?x=1", {{"Cookie", cookie()}}).status == 200);
}

TEST_CASE("a link from another site signs in by a page, as a redirect would lose a strict cookie") {
  const Visitor visitor;
  const Response response =
      visitor.get_as_stranger("/?token=" + right_token, {{"Sec-Fetch-Site", "cross-site"},
                                                         {"Sec-Fetch-Mode", "navigate"},
                                                         {"Sec-Fetch-Dest", "document"}});
  CHECK(response.status == 200);
  CHECK(header(response, "Refresh") == "0;url=/");
  CHECK(header(response, "Set-Cookie") != "(none)");
  CHECK(response.body.find(right_token) == std::string::npos);
  CHECK(response.body.find("href=\"/\"") != std::string::npos);
}

TEST_CASE("a wrong token opens nothing and sets nothing") {
  const Visitor visitor;
  for (const std::string token :
       {"", "wrong", "f00dfacef00dfacef00dfac", "f00dfacef00dfacef00dface0"}) {
    const Response response = visitor.get_as_stranger("/?token=" + token);
    CHECK(response.status == 401);
    CHECK(header(response, "Set-Cookie") == "(none)");
    CHECK(visitor.get_as_stranger("/", {{"Authorization", "Bearer " + token}}).status == 401);
    CHECK(
        visitor.get_as_stranger("/", {{"Cookie", cookie_name(right_token) + "=" + token}}).status ==
        401);
  }
}

TEST_CASE("an old bookmark of somebody who is signed in only loses its token") {
  const Visitor visitor;
  const Response response = visitor.get("/workers?token=old-token-of-last-week");
  CHECK(response.status == 303);
  CHECK(header(response, "Location") == "/workers");
  CHECK(header(response, "Set-Cookie") == "(none)");
}

TEST_CASE("the address after signing in never leads to another host") {
  const Visitor visitor;
  const Response response = visitor.get_as_stranger("//evil.example/?token=" + right_token);
  CHECK(header(response, "Location") == "/evil.example");
}

TEST_CASE("a foreign name for this machine gets nothing, not even with the token") {
  const Visitor visitor;
  for (const char* host : {"evil.example", "evil.example:7480", "localhost.evil.example", ""}) {
    const Response response = visitor.site.respond(
        {"GET", "/", {{"Host", host}, {"Authorization", "Bearer " + right_token}}});
    CHECK(response.status == 403);
    CHECK(response.body.find("Sweeps") == std::string::npos);
  }
  CHECK(visitor.site.respond({"GET", "/static/style.css", {}}).status == 403);
}

TEST_CASE("pages of other origins get nothing, a link from there only what the cookie allows") {
  const Visitor visitor;
  const auto asked = [&](const char* site, const char* mode, const char* dest) {
    return visitor
        .get("/sweeps/1",
             {{"Sec-Fetch-Site", site}, {"Sec-Fetch-Mode", mode}, {"Sec-Fetch-Dest", dest}})
        .status;
  };
  for (const char* site :
       {"cross-site", "same-site"}) {  // another port of this machine is same-site
    INFO(site);
    CHECK(asked(site, "cors", "empty") == 403);
    CHECK(asked(site, "no-cors", "script") == 403);
    CHECK(asked(site, "no-cors", "image") == 403);
    CHECK(asked(site, "navigate", "iframe") == 403);
    CHECK(asked(site, "navigate", "document") == 200);
  }
  CHECK(asked("same-origin", "cors", "empty") == 200);
  CHECK(asked("none", "navigate", "document") == 200);
}

TEST_CASE("every address but style, script and icon needs the token") {
  const Visitor visitor;
  for (const char* address :
       {"/", "/sweeps/1", "/sweeps/1/cells/12", "/sweeps/1/table.csv", "/sweeps/1/plots/1.svg",
        "/sweeps/1/spec.yaml", "/runs/0123456789abcdef0123456789abcdef", "/find?run=01", "/workers",
        "/coordinator", "/api", "/api/sweeps", "/api/workers", "/api/coordinator", "/events",
        "/nowhere", "/static/nothing.css", "/static/../workers", "/?fragment=1"}) {
    INFO(address);
    const Response response = visitor.get_as_stranger(address);
    CHECK(response.status == 401);
    CHECK(response.body.find("permutations") == std::string::npos);
  }
  for (const char* address : {"/static/style.css", "/static/plot.css", "/static/live.js"})
    CHECK(visitor.get_as_stranger(address).status == 200);
}

TEST_CASE("nothing can be changed: every method but GET and HEAD is refused on every address") {
  const Visitor visitor;
  for (const char* method :
       {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE", "get", ""}) {
    for (const char* address : {"/", "/sweeps/1", "/api/sweeps", "/static/style.css", "/events"}) {
      INFO(method << " " << address);
      const Response response = visitor.site.respond(
          {method, address, {{"Host", "localhost"}, {"Authorization", "Bearer " + right_token}}});
      CHECK(response.status == 405);
      CHECK(header(response, "Allow") == "GET, HEAD");
    }
  }
}

TEST_CASE("every response carries the headers that keep the page to itself") {
  const Visitor visitor;
  const Response all[] = {visitor.get("/"),
                          visitor.get("/nowhere"),
                          visitor.get("/api/sweeps"),
                          visitor.get("/sweeps/1/table.csv"),
                          visitor.get("/sweeps/1/plots/1.svg"),
                          visitor.get("/events"),
                          visitor.get("/static/live.js"),
                          visitor.get("/?token=" + right_token),
                          visitor.get("bad"),
                          visitor.get_as_stranger("/"),
                          visitor.get_as_stranger("/", {{"Host", "evil.example"}}),
                          visitor.get("/", {{"If-None-Match", header(visitor.get("/"), "ETag")}}),
                          visitor.site.respond({"POST", "/", {{"Host", "localhost"}}})};
  for (const auto& response : all) {
    const std::string policy = header(response, "Content-Security-Policy");
    CHECK(policy.find("default-src 'none'; script-src 'self'; style-src 'self';") == 0);
    CHECK(policy.find("frame-ancestors 'none'") != std::string::npos);
    CHECK(policy.find("unsafe") == std::string::npos);
    CHECK(header(response, "X-Content-Type-Options") == "nosniff");
    CHECK(header(response, "Referrer-Policy") == "no-referrer");
    CHECK(header(response, "X-Frame-Options") == "DENY");
    CHECK(header(response, "Cross-Origin-Resource-Policy") == "same-origin");
    CHECK(header(response, "Access-Control-Allow-Origin") == "(none)");
    CHECK(header(response, "Cache-Control") == "private, no-cache");
  }
}

TEST_CASE("a page that has not changed is not sent again, whatever changed elsewhere") {
  const Visitor visitor;
  const Response first = visitor.get("/sweeps/1");
  const std::string tag = header(first, "ETag");
  REQUIRE(tag.size() > 10);
  visitor.model.finish_runs(1);  // of another sweep
  for (const std::string& known : {tag, "W/" + tag, "\"other\", " + tag, std::string("*")}) {
    const Response again = visitor.get("/sweeps/1", {{"If-None-Match", known}});
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    CHECK(header(again, "ETag") == tag);
  }
  CHECK(visitor.get("/sweeps/1", {{"If-None-Match", "\"other\""}}).status == 200);
}

TEST_CASE("a page that has changed is sent again") {
  const Visitor visitor;
  const std::string tag = header(visitor.get("/sweeps/2"), "ETag");
  visitor.model.finish_runs(1);
  CHECK(visitor.get("/sweeps/2", {{"If-None-Match", tag}}).status == 200);
}

TEST_CASE("an open page can fetch its content alone") {
  const Visitor visitor;
  const Response whole = visitor.get("/sweeps/2");
  const Response part = visitor.get("/sweeps/2?fragment=1");
  CHECK(part.body.starts_with("<main id=\"main\" data-change=\""));
  CHECK(whole.body.find(part.body) != std::string::npos);
  CHECK(header(whole, "ETag") != header(part, "ETag"));
  CHECK(visitor.get("/sweeps/99?fragment=1").body.starts_with("<main"));
}

TEST_CASE("a page knows the change number that it was made from") {
  const Visitor visitor;
  const auto number = visitor.model.change_number();
  CHECK(visitor.get("/").body.find("data-change=\"" + std::to_string(number) + "\"") !=
        std::string::npos);
}

TEST_CASE("the event stream starts from what the page has seen") {
  const Visitor visitor;
  CHECK(visitor.get("/events?since=17").events_since == 17u);
  CHECK(visitor.get("/events?since=17", {{"Last-Event-ID", "23"}}).events_since == 23u);
  CHECK(visitor.get("/events").events_since == 0u);
  CHECK(visitor.get("/events?since=abc").events_since == 0u);
  CHECK(header(visitor.get("/events"), "Content-Type") == "text/event-stream");
}

TEST_CASE("targets that are no paths are refused") {
  const Visitor visitor;
  for (const char* target : {"", "*", "http://localhost/", "/%zz"})
    CHECK(visitor.get(target).status == 400);
}

}  // namespace
}  // namespace scanyard::web
